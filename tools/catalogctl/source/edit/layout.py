"""The bytes of a plugin file in; where every part of it stands in the text, as a tree, out.

The careful reader (`positions`) says in which line a value is; an edit needs to know where each
part begins and ends, to the character, and how it is written. The file has been read strictly
before: what is here is one document, a mapping, without tags or directives.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from yaml.events import AliasEvent, MappingStartEvent, ScalarEvent, SequenceStartEvent
from yaml.tokens import BlockEntryToken, KeyToken, ValueToken

from catalogctl.source.strict_yaml import BOM, parser

if TYPE_CHECKING:
    from collections.abc import Sequence

_BREAK = re.compile(r"\r\n|\n|\r")
_QUESTION = re.compile(r"\?(?:\s|#[^\r\n]*)*\Z")
_HEADER = re.compile(r"[|>][^\r\n]*")


class Kind(Enum):
    """What a node is."""

    MAPPING = "mapping"
    SEQUENCE = "sequence"
    SCALAR = "scalar"
    ALIAS = "alias"


@dataclass(slots=True)
class Node:
    """A value in the text: characters `start` to `end`, trailing blanks and comments left out.

    `flow` is a collection in brackets, or a scalar that is not alone with its lines; `style` is a
    scalar's: "" plain, a quote, "|" or ">". An empty value has no characters.
    """

    kind: Kind
    start: int
    end: int
    flow: bool = False
    style: str = ""
    text: str = ""
    entries: list[Entry] = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        """Tell whether this is a collection without brackets."""
        return self.kind in (Kind.MAPPING, Kind.SEQUENCE) and not self.flow

    def entry(self, name: str | int) -> Entry | None:
        """Return the member or element of this name or number."""
        return next((entry for entry in self.entries if entry.name == name), None)


@dataclass(slots=True)
class Entry:
    """A member of a mapping or an element of a list.

    `start` is its first character ("-", "?" or the key's), `after` the one behind "-" or ":";
    `has_colon` is False for a key in braces that stands alone.
    """

    name: str | int
    start: int
    after: int
    key: Node | None
    value: Node
    has_colon: bool = True

    @property
    def end(self) -> int:
        """The character behind its last one."""
        return max(self.value.end, self.after)


@dataclass(frozen=True, slots=True)
class Layout:
    """A file's text without its byte order mark, the tree of its nodes, and how lines end."""

    text: str
    root: Node
    bom: bool
    newline: str

    def encode(self, text: str) -> bytes:
        """Return another text as the bytes of this file."""
        return (BOM if self.bom else b"") + text.encode()


def read_layout(data: bytes) -> Layout:
    """Return the layout of a file that the strict reader took."""
    bom = data.startswith(BOM)
    body = data.removeprefix(BOM)
    text = body.decode()
    found = _BREAK.search(text)
    reader = _Reader(text, body)
    return Layout(text, reader.read(), bom, found.group() if found else "\n")


def line_start(text: str, index: int) -> int:
    """Return where the line begins in which a character stands."""
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def line_end(text: str, index: int) -> int:
    """Return where the line ends, before its line break."""
    found = _BREAK.search(text, index)
    return found.start() if found else len(text)


def next_line(text: str, index: int) -> int:
    """Return where the next line begins; the end of the text where there is none."""
    found = _BREAK.search(text, index)
    return found.end() if found else len(text)


def previous_line(text: str, start: int) -> int:
    """Return where the line begins above the one that begins at `start`."""
    return line_start(text, start - break_before(text, start))


def break_before(text: str, start: int) -> int:
    """Return how many characters the line break has that ends at a line's start."""
    if start >= 2 and text.startswith("\r\n", start - 2):  # noqa: PLR2004  (both characters)
        return 2
    return min(start, 1)


def column(text: str, index: int) -> int:
    """Return how many characters stand before this one in its line."""
    return index - line_start(text, index)


def starts_line(text: str, index: int) -> bool:
    """Tell whether nothing but blanks stands before a character in its line."""
    return not text[line_start(text, index) : index].strip(" ")


class _Reader:
    """One pass over the events, with the tokens' places beside."""

    def __init__(self, text: str, data: bytes) -> None:
        self._text = text
        self._parser = parser(data)
        self._dashes, self._questions, self._colons = _indicators(data)

    def read(self) -> Node:
        """Return the root of the one document."""
        self._next()
        self._next()
        return self._node(self._next())

    def _next(self) -> Any:
        return self._parser.get_event()

    def _node(self, event: Any) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, AliasEvent):
            return Node(Kind.ALIAS, start, end)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, start, end)
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, start)
        assert isinstance(event, SequenceStartEvent)  # noqa: S101  (no other event begins a node)
        return self._sequence(event, start)

    def _scalar(self, event: ScalarEvent, start: int, end: int) -> Node:
        style = event.style if event.style in ("'", '"', "|", ">") else ""
        if style in ("|", ">"):
            end = self._block_scalar_end(start, end)
        return Node(Kind.SCALAR, start, end, style=style, text=event.value)

    def _block_scalar_end(self, start: int, end: int) -> int:
        """Return the end of the last line that counts: with "+" blank lines at the end do."""
        whole = self._text[start:end]
        header = _HEADER.search(whole)
        if header is not None and "+" in header.group().partition("#")[0]:
            return start + len(re.sub(r"(\r\n|\n|\r)[ ]*\Z", "", whole))
        return start + len(whole.rstrip(" \r\n"))

    def _mapping(self, opening: Any, start: int) -> Node:
        node = Node(Kind.MAPPING, start, start, flow=bool(opening.flow_style))
        while type(event := self._next()).__name__ != "MappingEndEvent":
            key = self._node(event)
            value = self._node(self._next())
            node.entries.append(self._member(key, value))
        node.end = event.end_mark.index if node.flow else _last(node)
        return node

    def _member(self, key: Node, value: Node) -> Entry:
        start = key.start
        near = bisect_right(self._questions, start) - 1
        if near >= 0 and _QUESTION.match(self._text[self._questions[near] : start]):
            start = self._questions[near]
        colon = bisect_left(self._colons, key.end)
        has_colon = colon < len(self._colons) and self._colons[colon] < max(
            value.start, key.end + 1
        )
        after = self._colons[colon] + 1 if has_colon else key.end
        return Entry(key.text, start, after, key, value, has_colon=has_colon)

    def _sequence(self, opening: Any, start: int) -> Node:
        node = Node(Kind.SEQUENCE, start, start, flow=bool(opening.flow_style))
        while type(event := self._next()).__name__ != "SequenceEndEvent":
            value = self._node(event)
            at = value.start
            if not node.flow:
                at = self._dashes[bisect_right(self._dashes, max(value.start - 1, 0)) - 1]
            after = at if node.flow else at + 1
            node.entries.append(Entry(len(node.entries), at, after, None, value))
        node.end = event.end_mark.index if node.flow else _last(node)
        return node


def _last(node: Node) -> int:
    """Return the end of a block collection: that of its last entry."""
    return node.entries[-1].end if node.entries else node.start


def _indicators(data: bytes) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """Return where each "-", each written "?" and each ":" stands."""
    dashes: list[int] = []
    questions: list[int] = []
    colons: list[int] = []
    scanner = parser(data)
    while (token := scanner.get_token()) is not None:
        start, width = token.start_mark.index, token.end_mark.index - token.start_mark.index
        if isinstance(token, BlockEntryToken):
            dashes.append(start)
        elif isinstance(token, KeyToken) and width:
            questions.append(start)
        elif isinstance(token, ValueToken):
            colons.append(start)
    return dashes, questions, colons
