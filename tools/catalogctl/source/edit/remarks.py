"""The layout of a file in; its comments and blank lines, each with the entry it is about, out."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalogctl.source.edit.layout import (
    Kind,
    column,
    line_end,
    line_start,
    previous_line,
    starts_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.edit.layout import Entry, Layout, Node

_HEADER_COMMENT = re.compile(r"[|>][-+0-9]*[ \t]+(#[^\r\n]*)")
_ANCHOR = re.compile(r"(&\S+)(?:\s|#[^\r\n]*)*")
_TEXT = re.compile(r"#[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment; `spaced` says that a blank line stands before it."""

    text: str
    spaced: bool = False


@dataclass(slots=True)
class About:
    """What is said about one entry: in the lines above it, on its line, and at its own end."""

    above: list[Remark] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    inside: list[Remark] = field(default_factory=list)
    spaced: bool = False


@dataclass(slots=True)
class Remarks:
    """All comments of a file: `head` is about the file, `tail` stands at its end.

    `spaced` says that a blank line follows the head.
    """

    head: list[Remark] = field(default_factory=list)
    tail: list[Remark] = field(default_factory=list)
    spaced: bool = False
    _about: dict[int, About] = field(default_factory=dict)

    def about(self, entry: Entry) -> About:
        """Return what is said about an entry."""
        return self._about.setdefault(id(entry), About())


@dataclass(frozen=True, slots=True)
class _Spot:
    """An entry with the entries that it lies in, outermost first."""

    entry: Entry
    above: tuple[Entry, ...]


def read_remarks(layout: Layout) -> Remarks:
    """Return the comments of a file, each given to an entry, the document or the file."""
    remarks = Remarks()
    spots = list(_spots(layout.root, ()))
    starts = [spot.entry.start for spot in spots]
    for spot in spots:
        remarks.about(spot.entry).spaced = _is_spaced(layout.text, spot.entry.start)
    for start in _comments(layout):
        comment = _TEXT.match(layout.text, start)
        text = comment.group().rstrip() if comment else ""
        at = bisect_left(starts, start)
        if starts_line(layout.text, start):
            remark = Remark(text, _is_spaced(layout.text, start))
            _place_above(layout, remarks, spots, at, start).append(remark)
        elif at:
            remarks.about(_beside(spots[at - 1], start)).beside.append(text)
        else:
            remarks.head.append(Remark(text))
    for spot in spots:
        about = remarks.about(spot.entry)
        about.above += [Remark(text) for text in about.beside[1:]]
        del about.beside[1:]
    if spots:
        _behead(remarks, spots[0].entry)
    return remarks


def _spots(node: Node, above: tuple[Entry, ...]) -> Iterator[_Spot]:
    for entry in node.entries:
        yield _Spot(entry, above)
        yield from _spots(entry.value, (*above, entry))


def _is_spaced(text: str, at: int) -> bool:
    """Tell whether something begins its line, and the line before is blank."""
    start = line_start(text, at)
    return (
        start > 0 and starts_line(text, at) and not text[previous_line(text, start) : start].strip()
    )


def _comments(layout: Layout) -> Iterator[int]:
    """Yield where each comment starts: a "#" outside of every key and every value."""
    text, at = layout.text, 0
    for leaf in sorted(_leaves(layout.root), key=lambda node: node.start):
        anchor = _ANCHOR.match(text, leaf.start, leaf.end)
        start = anchor.end() if anchor else leaf.start
        yield from _between(text, at, leaf.start)
        yield from _between(text, anchor.end(1), start) if anchor else ()
        if leaf.style in ("|", ">") and (header := _HEADER_COMMENT.match(text, start)):
            yield header.start(1)
        at = max(at, leaf.end)
    yield from _between(text, at, len(text))


def _between(text: str, start: int, end: int) -> Iterator[int]:
    at = text.find("#", start, end)
    while at >= 0:
        yield at
        at = text.find("#", line_end(text, at), end)


def _leaves(node: Node) -> Iterator[Node]:
    if node.kind in (Kind.SCALAR, Kind.ALIAS):
        yield node
    for entry in node.entries:
        if entry.key is not None:
            yield from _leaves(entry.key)
        yield from _leaves(entry.value)


def _beside(spot: _Spot, start: int) -> Entry:
    """Return the entry whose line a comment ends: the outermost that was closed before it."""
    found = spot.entry
    for entry in reversed(spot.above):
        if entry.value.flow and entry.value.end <= start:
            found = entry
    return found


def _place_above(
    layout: Layout, remarks: Remarks, spots: list[_Spot], at: int, start: int
) -> list[Remark]:
    """Return the list that a comment on a line of its own belongs to.

    It is about the entry below it, unless it stands further to the right, in the column of
    something that ends above: then it is the last thing in there.
    """
    chain = (*spots[at - 1].above, spots[at - 1].entry) if at else ()
    below = spots[at] if at < len(spots) else None
    common = set(map(id, below.above)) if below else set()
    for entry in reversed([each for each in chain if id(each) not in common]):
        value = entry.value
        if not value.entries or (below and entry is below.entry):
            continue
        closed_later = value.flow and value.end > start
        deep = not value.flow and column(layout.text, start) >= _across(layout, value)
        if closed_later or (deep and not _is_level(layout, below, start)):
            return remarks.about(entry).inside
    return remarks.about(below.entry).above if below else remarks.tail


def _across(layout: Layout, value: Node) -> int:
    return column(layout.text, value.entries[0].start)


def _is_level(layout: Layout, below: _Spot | None, start: int) -> bool:
    """Tell whether a comment stands in the column of what comes next: an entry, or the end."""
    level = column(layout.text, below.entry.start) if below else 0
    return column(layout.text, start) == level


def _behead(remarks: Remarks, first: Entry) -> None:
    """Give the comments that a file starts with to the file."""
    about = remarks.about(first)
    while about.above and (not remarks.head or not about.above[0].spaced):
        remarks.head.append(about.above.pop(0))
    remarks.spaced = about.above[0].spaced if about.above else about.spaced
    if not about.above:
        about.spaced = False
    else:
        about.above[0] = Remark(about.above[0].text)
