"""Render Markdown; HTML in it is shown as text, and only addresses that are allowed are used."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from catalogctl.publish.site import escaping
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.query.plugin_search import short
from catalogctl.source.markdown_parser import MarkdownParser, parse_markdown, text_of
from catalogctl.web_addresses import picture, web_link

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from catalogctl.publish.site.overrides import OwnSite

    Attributes: TypeAlias = Mapping[str, str | int]
    """The attributes of a link or a picture."""
    Allowed: TypeAlias = Callable[[str], Attributes | None]
    """Returns the attributes for an address, None if it must not be used."""

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|\\")
_MAIL = re.compile(r"mailto:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@-]+")
_ALIGNED = {"text-align:center": "to-center", "text-align:right": "to-end"}
"""The classes of table cells that a table aligns; a policy against inline styles holds."""
LOWEST = 6
"""The lowest level of a heading."""


class OwnPage(NamedTuple):
    """A page rendered from Markdown; `html` contains only safe elements and addresses."""

    name: str
    title: str
    description: str
    html: SafeHtml


def markdown_pages(own: OwnSite, hosts: tuple[str, ...] = ()) -> list[OwnPage]:
    """Return a catalog's own pages, by name; title and description are the first heading and text.

    Images are only shown from `hosts`.
    """
    return [_page(name, text, hosts) for name, text in sorted(own.pages.items())]


def _page(name: str, text: str, hosts: tuple[str, ...]) -> OwnPage:
    tokens = parse_markdown(text).tokens
    title = _first(tokens, "heading_open") or name.replace("-", " ").capitalize()
    description = short(_first(tokens, "paragraph_open"))
    rest = without_title(tokens)  # The page template shows it as the heading.
    html = render(rest, _link_of_own_page, lambda source: foreign_picture(source, hosts), top=2)
    return OwnPage(name, title, description, html)


def without_title(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return the blocks without a first heading of the highest level."""
    has_title = bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    return tokens[3:] if has_title else tokens


def render(tokens: Sequence[Token], link: Allowed, picture: Allowed, *, top: int) -> SafeHtml:
    """Return the HTML of Markdown blocks, which are changed by this; headings begin at level `top`.

    A picture that may not be shown becomes a link, a link that may not be followed becomes text.
    """
    levels = [int(token.tag[1:]) for token in tokens if token.type == "heading_open"]
    down = top - min(levels, default=top)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + down, LOWEST)}"
        if token.type in ("th_open", "td_open"):
            _mark_cell(token)
        if token.children:
            token.children = _allowed(token.children, link, picture)
    parser = MarkdownParser()
    for kind, rule in _RULES.items():
        parser.add_render_rule(kind, rule)
    # HTML is off, so the renderer creates every element and escapes every text.
    return SafeHtml(parser.renderer.render(tokens, parser.options, {}))


def foreign_picture(source: str, hosts: tuple[str, ...]) -> Attributes | None:
    """Return the attributes of a picture on one of the hosts, None if it is not on one."""
    if not picture(source, hosts):
        return None
    return {"src": source, "loading": "lazy", "referrerpolicy": "no-referrer"}


def _code(renderer: object, tokens: Sequence[Token], number: int, *_: object) -> str:
    """Render a block of code, which the keyboard can scroll; its language is not used."""
    del renderer
    return f'<pre tabindex="0"><code>{escaping.content(tokens[number].content)}</code></pre>\n'


def _table_start(*_: object) -> str:
    """Render the start of a table, which the keyboard can scroll."""
    return '<div class="scroll" tabindex="0"><table>\n'


def _table_end(*_: object) -> str:
    return "</table></div>\n"


_RULES: Mapping[str, Callable[..., str]] = {
    "fence": _code,
    "code_block": _code,
    "table_open": _table_start,
    "table_close": _table_end,
}


def _mark_cell(cell: Token) -> None:
    """Give a heading its scope, and a class in place of the style, which the policy forbids."""
    if cell.type == "th_open":
        cell.attrs["scope"] = "col"
    style = cell.attrs.pop("style", None)
    if style in _ALIGNED:
        cell.attrs["class"] = _ALIGNED[str(style)]


def _allowed(
    tokens: Sequence[Token], link: Allowed, picture: Allowed, *, in_link: bool = False
) -> list[Token]:
    """Return inline tokens with only those links and pictures that are allowed."""
    shown: list[Token] = []
    opened: list[str] = []
    for token in tokens:
        if token.type == "image":
            shown += _picture(token, link, picture, in_link=in_link or bool(opened))
        elif token.type == "link_open":
            address = str(token.attrs["href"])
            attributes = link(address)
            opened.append("" if attributes else address)
            if attributes:
                token.attrs = {**token.attrs, **attributes}
                shown.append(token)
        elif token.type == "link_close":
            address = opened.pop()
            shown.append(_text(f" ({address})") if address else token)
        else:
            shown.append(token)
    return shown


def _picture(token: Token, link: Allowed, picture: Allowed, *, in_link: bool) -> list[Token]:
    """Return a picture, or a link to it, or its description if that may not be followed either."""
    source = str(token.attrs["src"])
    attributes = picture(source)
    if attributes:
        token.attrs = {**token.attrs, **attributes}
        return [token]
    described = token.children or [_text(source)]
    inside = _allowed(described, link, picture, in_link=True)
    if in_link:
        return inside
    address = link(source)
    if address is None:
        return [*inside, _text(f" ({source})")]
    return [Token("link_open", "a", 1, attrs={**address}), *inside, Token("link_close", "a", -1)]


def _text(text: str) -> Token:
    return Token("text", "", 0, content=text)


def _first(tokens: Sequence[Token], kind: str) -> str:
    """Return the text of the first block of a kind, or "" if there is none."""
    return next((text_of(inside) for each, inside in pairwise(tokens) if each.type == kind), "")


def _link_of_own_page(address: str) -> Attributes | None:
    """Return the attributes of a link: to a web or mail address, or to a path in the site."""
    if _SCHEME.match(address) is None or web_link(address) is not None:
        return {"href": address}
    return {"href": address} if _MAIL.fullmatch(address) else None
