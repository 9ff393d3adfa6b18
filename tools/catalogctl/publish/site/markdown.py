"""Render a catalog's own Markdown pages; HTML inside the Markdown stays text."""

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
    """A page made of Markdown: `html` holds no element or address that is not safe."""

    name: str
    title: str
    description: str
    html: SafeHtml


class _Markdown(MarkdownIt):
    """CommonMark with tables, whose links lead nowhere but where `_is_safe` says."""

    def validateLink(self, url: str) -> bool:  # noqa: N802  (the library's own name)
        return _is_safe(url)


def markdown_pages(own: OwnSite, hosts: tuple[str, ...] = ()) -> list[OwnPage]:
    """Return the pages by name; the first heading is the title, the first paragraph describes.

    `hosts` may show pictures.
    """
    return [_page(name, text, hosts) for name, text in sorted(own.pages.items())]


def _page(name: str, text: str, hosts: tuple[str, ...]) -> OwnPage:
    markdown = _Markdown("commonmark", {"html": False, "linkify": False}).enable("table")
    tokens = markdown.parse(text)
    title = _first(tokens, "heading_open") or name.replace("-", " ").capitalize()
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        tokens = tokens[3:]  # The page has it as its own heading.
    for token in tokens:
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"
        if token.children:
            token.children = _without_foreign_pictures(token.children, hosts)
    html = markdown.renderer.render(tokens, markdown.options, {})
    # HTML is off: every element comes from the renderer, every text was escaped by it.
    shown = SafeHtml(html)
    return OwnPage(name, title, texts.short(_first(tokens, "paragraph_open")), shown)


def _without_foreign_pictures(tokens: list[Token], hosts: tuple[str, ...]) -> list[Token]:
    """Return a line with a link for each picture but those of hosts that the catalog lists."""
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
    """Return the text inside the first block of a kind, "" without one."""
    for token, inside in pairwise(tokens):
        if token.type == kind:
            return "".join(each.content for each in inside.children or ())
    return ""


def _is_safe(address: str) -> bool:
    """Return whether a link may lead there: to the web, to a mail box, or within the site."""
    if _SCHEME.match(address) is None:
        return True
    return links.web_link(address) is not None or _MAIL.fullmatch(address) is not None
