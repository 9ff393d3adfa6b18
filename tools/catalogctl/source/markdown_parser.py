"""Parse Markdown: CommonMark with tables. HTML in it is text.

Which addresses may be followed is decided by the caller, so the parser accepts all of them.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt

from catalogctl.source.text_lines import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.token import Token

    from catalogctl.source.flaws import Place

_VERSION = re.compile(r"\[?v?([^\s\[\]()]+)\]?(?:\s.*)?")
_NOT_IN_NAME = re.compile(r"[^\w-]+")
_BREAK = re.compile(r"\r\n?|\n")


class Parsed(NamedTuple):
    """The blocks of a Markdown text; `written` maps normalized addresses to those in the text."""

    text: str
    tokens: Sequence[Token]
    written: Mapping[str, str]


class Address(NamedTuple):
    """The address of a link or a picture: normalized, as it is written, and where that is."""

    is_picture: bool
    address: str
    written: str
    place: Place


class MarkdownParser(MarkdownIt):
    """A parser that accepts every address and remembers how it is written."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "linkify": False, "xhtmlOut": False})
        self.enable("table")
        self.written: dict[str, str] = {}

    def validateLink(self, url: str) -> bool:  # noqa: N802  (the library's own name)
        """Accept every address: whoever shows a link decides."""
        del url
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802  (the library's own name)
        """Return the normalized address, in ASCII."""
        normalized = super().normalizeLink(url)
        self.written.setdefault(normalized, url)
        return normalized


def parse_markdown(text: str) -> Parsed:
    """Parse a Markdown text."""
    parser = MarkdownParser()
    return Parsed(text, parser.parse(text), parser.written)


def addresses(parsed: Parsed) -> Iterator[Address]:
    """Yield the address of each link and picture, in order."""
    text = _BlockText(parsed.text)
    for block in parsed.tokens:
        if block.map:
            text.enter(*block.map)
        for token in _all_inside(block.children or ()):
            if token.type in ("link_open", "image"):
                is_picture = token.type == "image"
                address = str(token.attrs["src" if is_picture else "href"])
                written = parsed.written.get(address, address)
                yield Address(is_picture, address, written, text.find(written))


class _BlockText:
    """A text in which the addresses of a block are found one after another."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text)), len(text)]
        self._at = self._end = 0

    def enter(self, first: int, end: int) -> None:
        """Go on in the block with these lines; the second is the one after it."""
        last = len(self._starts) - 1
        self._at, self._end = self._starts[min(first, last)], self._starts[min(end, last)]

    def find(self, written: str) -> Place:
        """Return where an address is: further on in the block, or else in a definition."""
        found = self._text.find(written, self._at, self._end)
        if found >= 0:
            self._at = found + len(written)
        else:
            found = self._text.find(written)
        return place_of(self._text, found if found >= 0 else self._at)


def _all_inside(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield inline tokens, and those in the descriptions of pictures."""
    for token in tokens:
        yield token
        yield from _all_inside(token.children or ())


def text_of(token: Token) -> str:
    """Return the text of a block such as a heading, without its markup."""
    return "".join(each.content for each in _all_inside(token.children or ()))


def heading_names(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Yield each heading and its name for links, which GitHub makes of its text in the same way."""
    seen: dict[str, int] = {}
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            words = text_of(inside).strip().lower().replace(" ", "-")
            name = plain = _NOT_IN_NAME.sub("", words)
            while name in seen:
                seen[plain] += 1
                name = f"{plain}-{seen[plain]}"
            seen[name] = 0
            yield token, name


def version_sections(parsed: Parsed) -> Iterator[tuple[str, Sequence[Token]]]:
    """Yield the version that each section of release notes is about, and the blocks below it.

    A section begins with a heading such as `## 1.2.3`, `## v1.2.3` or `## [1.2.3] - 2026-01-31`;
    the version is yielded without the `v`.
    """
    tokens = parsed.tokens
    starts = [
        number
        for number, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag in ("h1", "h2") and token.level == 0
    ]
    for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
        found = _VERSION.fullmatch(text_of(tokens[start + 1]).strip())
        if tokens[start].tag == "h2" and found:
            yield found[1], tokens[start + 3 : end]


def version_texts(text: str) -> dict[str, str]:
    """Return the Markdown of each version's section of release notes, the first one of each."""
    parsed = parse_markdown(text)
    lines = _BREAK.split(text)
    found: dict[str, str] = {}
    for version, tokens in version_sections(parsed):
        spans = [token.map for token in tokens if token.map]
        if spans:
            first, last = min(span[0] for span in spans), max(span[1] for span in spans)
            found.setdefault(version, "\n".join(lines[first:last]).strip())
    return found


def without_v(tag: str) -> str:
    """Return a tag as it is written in release notes: without a `v` before the version."""
    return tag[1:] if tag[:1] in ("v", "V") and tag[1:2].isdigit() else tag
