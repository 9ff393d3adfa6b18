"""Render a catalog's own Markdown pages; HTML in the Markdown is shown as text."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from catalogctl.publish.site import links, texts
from catalogctl.publish.site.escaping import SafeHtml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.publish.site.overrides import OwnSite

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|\\")
_MAIL = re.compile(r"mailto:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@-]+")


class OwnPage(NamedTuple):
    """A page rendered from Markdown; `html` contains only safe elements and addresses."""

    name: str
    title: str
    description: str
    html: SafeHtml


class _Markdown(MarkdownIt):
    """CommonMark with tables that only accepts links allowed by `_is_safe`."""

    def validateLink(self, url: str) -> bool:  # noqa: N802  (the library's own name)
        return _is_safe(url)


def markdown_pages(own: OwnSite, hosts: tuple[str, ...] = ()) -> list[OwnPage]:
    """Return the pages, sorted by name; title and description are the first heading and paragraph.

    Images are only shown from `hosts`.
    """
    return [_page(name, text, hosts) for name, text in sorted(own.pages.items())]


def _page(name: str, text: str, hosts: tuple[str, ...]) -> OwnPage:
    markdown = _Markdown("commonmark", {"html": False, "linkify": False}).enable("table")
    tokens = markdown.parse(text)
    title = _first(tokens, "heading_open") or name.replace("-", " ").capitalize()
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        tokens = tokens[3:]  # The page template shows it as the heading.
    for token in tokens:
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"
        if token.children:
            token.children = _without_foreign_pictures(token.children, hosts)
    html = markdown.renderer.render(tokens, markdown.options, {})
    # HTML is off, so the renderer creates every element and escapes every text.
    shown = SafeHtml(html)
    return OwnPage(name, title, texts.short(_first(tokens, "paragraph_open")), shown)


def _without_foreign_pictures(tokens: list[Token], hosts: tuple[str, ...]) -> list[Token]:
    """Return the tokens with a link instead of each image that is not on one of the hosts."""
    shown: list[Token] = []
    for token in tokens:
        if token.type != "image":
            shown.append(token)
            continue
        source = str(token.attrs["src"])
        if links.picture(source, hosts):
            token.attrs |= {"loading": "lazy", "referrerpolicy": "no-referrer"}
            shown.append(token)
        else:
            text = Token("text", "", 0, content=token.content or source)
            opened = Token("link_open", "a", 1, attrs={"href": source})
            shown += [opened, *(token.children or [text]), Token("link_close", "a", -1)]
    return shown


def _first(tokens: Sequence[Token], kind: str) -> str:
    """Return the text of the first block of a kind, or "" if there is none."""
    for token, inside in pairwise(tokens):
        if token.type == kind:
            return "".join(each.content for each in inside.children or ())
    return ""


def _is_safe(address: str) -> bool:
    """Return whether a link target is allowed: a web or mail address, or a path in the site."""
    if _SCHEME.match(address) is None:
        return True
    return links.web_link(address) is not None or _MAIL.fullmatch(address) is not None
