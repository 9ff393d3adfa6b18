"""Find the exact place of every part of a YAML file, as a tree.

The careful reader (`positions`) finds the line of a value; an edit needs to know at which
character each part begins and ends, and how it is written. The file has been parsed without
problems before, so it is one document, a mapping, without tags or directives.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from catalogctl.edit.indicators import Marks
from catalogctl.edit.yaml_lines import Indents
from catalogctl.source.strict_yaml import BOM, parser
from catalogctl.source.text_lines import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON

_HEADER = re.compile(r"[|>][^\r\n]*")
_LAST_BREAK = re.compile(r"(\r\n|\n|\r)\Z")


class NodeKind(Enum):
    """The kind of a node."""

    MAPPING = "mapping"
    SEQUENCE = "sequence"
    SCALAR = "scalar"
    ALIAS = "alias"


@dataclass
class LayoutNode:
    """A value in the text: characters `start` to `end`, without trailing blanks and comments.

    `flow` means a collection in brackets. `style` is a scalar's: "" (plain), a quote, "|" or ">";
    `text` is its text. An empty value has no characters. `target` is the node that an alias refers
    to. `keeps` means that blank lines at the end of a block are part of its text ("|+"). `opening`
    is the place of the bracket, after the anchor if there is one. `is_pair` means a mapping without
    brackets in a list with brackets: `[a: 1]`.
    """

    kind: NodeKind
    start: int
    end: int
    flow: bool = False
    style: str = ""
    text: str = ""
    entries: list[LayoutEntry] = field(default_factory=list)
    target: LayoutNode | None = None
    keeps: bool = False
    opening: int = 0
    is_pair: bool = False

    @property
    def is_block(self) -> bool:
        """Whether this is a collection without brackets."""
        return self.kind in (NodeKind.MAPPING, NodeKind.SEQUENCE) and not self.flow

    @cached_property
    def named(self) -> dict[str | int, LayoutEntry]:
        """The entries by their names."""
        return {entry.name: entry for entry in self.entries}

    def entry(self, name: str | int) -> LayoutEntry | None:
        """Return the member or element with this name or index, or None."""
        return self.named.get(name)

    def is_shared(self, path: Sequence[str | int]) -> bool:
        """Return whether a path leads through an alias."""
        node = self
        for name in path:
            if node.kind is NodeKind.ALIAS:
                return True
            entry = node.entry(name)
            if entry is None:
                return False
            node = entry.value
        return False

    @property
    def last_leaf(self) -> LayoutNode:
        """The scalar, alias or bracket that ends this node."""
        leaf = self
        while leaf.entries and not leaf.flow:
            leaf = leaf.entries[-1].value
        return leaf


@dataclass(slots=True)
class LayoutEntry:
    """A member of a mapping or an element of a list.

    `start` is its first character ("-", "?" or the key's), `after` the one after "-" or ":";
    `has_colon` is False for a lone key in braces.
    """

    name: str | int
    start: int
    after: int
    key: LayoutNode | None
    value: LayoutNode
    has_colon: bool = True

    @property
    def end(self) -> int:
        """The place after its last character."""
        return max(self.value.end, self.after)


@dataclass(frozen=True, slots=True)
class Layout:
    """A file's text without its byte order mark, its lines, the tree of its nodes, and its marks.

    `indents` has the indentation that this file uses.
    """

    lines: Lines
    root: LayoutNode
    bom: bool
    indents: Indents
    marks: Marks

    @property
    def text(self) -> str:
        """The text."""
        return self.lines.text

    def encode(self, text: str) -> bytes:
        """Return a text as bytes, with a byte order mark if this file has one."""
        return (BOM if self.bom else b"") + text.encode()

    def comma(self, start: int, end: int) -> int | None:
        """Return the first comma between two places that separates entries in brackets, or None."""
        return self.marks.first(",", start, end)

    def comment(self, start: int, end: int) -> int | None:
        """Return where the first comment between two places begins, or None."""
        return self.marks.first("#", start, end)


@lru_cache(maxsize=2)
def read_layout(data: bytes) -> Layout:
    """Return the layout of a file that can be parsed without problems."""
    body = data.removeprefix(BOM)
    text = body.decode()
    marks, lines = Marks(text, body), Lines(text)
    root = _LayoutReader(text, body, marks).read()
    return Layout(lines, root, data.startswith(BOM), _indents(lines, root), marks)


def _indents(lines: Lines, root: LayoutNode) -> Indents:
    """Return the indentation of this file: that of its first mapping and list below a key."""
    widths: dict[NodeKind, int] = {}
    _measure(lines, root, widths)
    mapping = widths.get(NodeKind.MAPPING, 0)
    return Indents(mapping if mapping > 0 else 2, widths.get(NodeKind.SEQUENCE, mapping or 2))


def _measure(lines: Lines, node: LayoutNode, widths: dict[NodeKind, int]) -> None:
    if node.kind is not NodeKind.MAPPING or node.flow:
        return
    for entry in node.entries:
        value = entry.value
        if value.is_block and value.entries:
            across = lines.column(value.entries[0].start)
            widths.setdefault(value.kind, across - lines.column(entry.start))
            _measure(lines, value, widths)


def is_like(node: LayoutNode, value: JSON) -> bool:
    """Return whether a node has the same members and elements as a value."""
    node = node.target or node
    if isinstance(value, dict):
        return len(node.entries) == len(value) and all(
            name in node.named and is_like(node.named[name].value, each)
            for name, each in value.items()
        )
    if isinstance(value, list):
        return len(node.entries) == len(value) and all(
            is_like(entry.value, each) for entry, each in zip(node.entries, value, strict=True)
        )
    return not node.entries


class _LayoutReader:
    """One pass over the events, with the places of the marks at hand."""

    def __init__(self, text: str, data: bytes, marks: Marks) -> None:
        self._text = text
        self._next = parser(data).get_event
        self._marks = marks
        self._anchors: dict[str, LayoutNode] = {}

    def read(self) -> LayoutNode:
        """Return the root of the one document."""
        self._next()
        self._next()
        return self._node(self._next())

    def _node(self, event: Any) -> LayoutNode:
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, AliasEvent):
            target = self._anchors.get(str(event.anchor))
            text = target.text if target else ""
            return LayoutNode(NodeKind.ALIAS, start, end, text=text, target=target)
        if isinstance(event, ScalarEvent):
            node = self._scalar(event, start, end)
        elif isinstance(event, MappingStartEvent):
            node = self._mapping(event, start)
        else:
            node = self._sequence(event, start)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _scalar(self, event: ScalarEvent, start: int, end: int) -> LayoutNode:
        style = event.style if event.style in ("'", '"', "|", ">") else ""
        node = LayoutNode(NodeKind.SCALAR, start, end, style=style, text=event.value)
        if style in ("|", ">"):
            whole = self._text[start:end]
            header = _HEADER.search(whole)
            node.keeps = header is not None and "+" in header.group().partition("#")[0]
            end = len(_LAST_BREAK.sub("", whole) if node.keeps else whole.rstrip(" \r\n"))
            node.end = start + end
        return node

    def _collection(self, kind: NodeKind, opening: Any, start: int) -> LayoutNode:
        node = LayoutNode(kind, start, start, flow=bool(opening.flow_style))
        node.opening = start
        if node.flow:
            bracket = self._marks.first("[", start, opening.end_mark.index)
            node.opening = start if bracket is None else bracket
            node.is_pair = bracket is None
        return node

    def _mapping(self, opening: Any, start: int) -> LayoutNode:
        node = self._collection(NodeKind.MAPPING, opening, start)
        while not isinstance(event := self._next(), MappingEndEvent):
            key = self._node(event)
            value = self._node(self._next())
            node.entries.append(self._member(key, value))
        node.end = _last(node) if node.is_block or node.is_pair else _end(event)
        return node

    def _member(self, key: LayoutNode, value: LayoutNode) -> LayoutEntry:
        start = self._marks.questions.get(key.start, key.start)
        colon = self._marks.first(":", key.end, max(value.start, key.end + 1))
        after = key.end if colon is None else colon + 1
        return LayoutEntry(key.text, start, after, key, value, has_colon=colon is not None)

    def _sequence(self, opening: Any, start: int) -> LayoutNode:
        node = self._collection(NodeKind.SEQUENCE, opening, start)
        while not isinstance(event := self._next(), SequenceEndEvent):
            value = self._node(event)
            at = value.start
            if not node.flow:
                dashes = self._marks.places["-"]
                at = dashes[bisect_right(dashes, max(value.start - 1, 0)) - 1]
            after = at if node.flow else at + 1
            node.entries.append(LayoutEntry(len(node.entries), at, after, None, value))
        node.end = _end(event) if node.flow else _last(node)
        return node


def _end(event: Any) -> int:
    return int(event.end_mark.index)


def _last(node: LayoutNode) -> int:
    """Return the end of a block collection, which is that of its last entry."""
    return node.entries[-1].end if node.entries else node.start
