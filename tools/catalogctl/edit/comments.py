"""Find the comments and blank lines of a file, and the entry that each is about."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalogctl.edit.entry_lines import first_line, is_for_editors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.edit.layout import Layout, LayoutEntry, LayoutNode
    from catalogctl.source.text_lines import Lines


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; `spaced` says that a blank line stands before it."""

    text: str
    spaced: bool = False


@dataclass(slots=True)
class EntryComments:
    """What is said about one entry: in the lines above it, on its line, and at its own end."""

    above: list[Comment] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    inside: list[Comment] = field(default_factory=list)
    spaced: bool = False


@dataclass(slots=True)
class FileComments:
    """All comments of a file: `head` is about the file, `tail` stands at its end.

    `spaced` says that a blank line follows the head.
    """

    head: list[Comment] = field(default_factory=list)
    tail: list[Comment] = field(default_factory=list)
    spaced: bool = False
    _about: dict[int, EntryComments] = field(default_factory=dict)

    def about(self, entry: LayoutEntry) -> EntryComments:
        """Return what is said about an entry."""
        return self._about.setdefault(id(entry), EntryComments())


@dataclass(frozen=True, slots=True)
class _Spot:
    """An entry with the entries that it lies in, outermost first."""

    entry: LayoutEntry
    above: tuple[LayoutEntry, ...]


def read_comments(layout: Layout) -> FileComments:
    """Return the comments of a file, each given to an entry, the document or the file."""
    comments, lines = FileComments(), layout.lines
    spots = list(_spots(layout.root, ()))
    starts = [spot.entry.start for spot in spots]
    for spot in spots:
        comments.about(spot.entry).spaced = _is_spaced(lines, spot.entry.start)
    # The comments that a file starts with are about the file.
    own = first_line(lines, spots[0].entry.start, 0) if spots else len(layout.text)
    for start in layout.marks.places["#"]:
        text = lines.text[start : lines.end(start)].rstrip()
        at = bisect_left(starts, start)
        if start < own or not (at or lines.begins(start)):
            comments.head.append(Comment(text, bool(comments.head) and _is_spaced(lines, start)))
        elif lines.begins(start):
            comment = Comment(text, _is_spaced(lines, start))
            _place_above(layout, comments, spots, at, start).append(comment)
        else:
            comments.about(_beside(lines, spots[at - 1], start)).beside.append(text)
    for spot in spots:
        about = comments.about(spot.entry)
        about.above += [Comment(text) for text in about.beside[1:]]
        del about.beside[1:]
    if spots:
        _space_head(comments, spots[0].entry)
    return comments


def _spots(node: LayoutNode, above: tuple[LayoutEntry, ...]) -> Iterator[_Spot]:
    for entry in node.entries:
        yield _Spot(entry, above)
        if entry.value.entries:
            yield from _spots(entry.value, (*above, entry))


def _is_spaced(lines: Lines, at: int) -> bool:
    """Return whether something begins its line, and the line before is blank."""
    start = lines.start(at)
    return start > 0 and lines.begins(at) and lines.is_blank(lines.before(start))


def _beside(lines: Lines, spot: _Spot, start: int) -> LayoutEntry:
    """Return the entry whose line a comment ends.

    It is the last one that begins before the comment, or the outermost one whose brackets close
    between the two: if they open in this line too, or close in a line of their own.
    """
    outermost = spot.entry
    for entry in reversed(spot.above):
        value = entry.value
        if not value.flow or value.end > start:
            continue
        if lines.share(value.start, start) or lines.begins(value.end - 1):
            outermost = entry
    return outermost


def _space_head(comments: FileComments, first: LayoutEntry) -> None:
    """Give the blank line above the first entry and its comments to what is about the file.

    A comment about the file has one below; the line for editors may do without.
    """
    about = comments.about(first)
    spaced = about.above[0].spaced if about.above else about.spaced
    comments.spaced = bool(comments.head) and (spaced or not is_for_editors(comments.head[-1].text))
    if about.above:
        about.above[0] = Comment(about.above[0].text)
    else:
        about.spaced = False


def _place_above(
    layout: Layout, comments: FileComments, spots: list[_Spot], at: int, start: int
) -> list[Comment]:
    """Return the list that a comment on a line of its own belongs to.

    It is about the entry below it, unless it stands further to the right than an entry that ends
    above, or in the column of what is in there: then it is the last thing in there.
    """
    if at == 0:
        return comments.about(spots[0].entry).above
    lines = layout.lines
    below = spots[at] if at < len(spots) else None
    common = set(map(id, below.above)) if below else set()
    chain = _open_chain(spots[at - 1], start)
    for entry in reversed([each for each in chain if id(each) not in common]):
        value = entry.value
        closed_later = value.flow and value.end > start
        deep = lines.column(start) >= _inner_column(lines, entry)
        if closed_later or (deep and not _is_level(lines, below, start)):
            return comments.about(entry).inside
    return comments.about(below.entry).above if below else comments.tail


def _open_chain(spot: _Spot, start: int) -> list[LayoutEntry]:
    """Return an entry with those around it, but for what is in brackets that close before."""
    chain: list[LayoutEntry] = []
    for entry in (*spot.above, spot.entry):
        chain.append(entry)
        if entry.value.flow and entry.value.end <= start:
            break
    return chain


def _inner_column(lines: Lines, entry: LayoutEntry) -> int:
    """Return the column from which on a comment lies inside an entry."""
    if entry.value.entries and not entry.value.flow:
        return lines.column(entry.value.entries[0].start)
    return lines.column(entry.start) + 1


def _is_level(lines: Lines, below: _Spot | None, start: int) -> bool:
    """Return whether a comment stands in the column of what comes next: an entry, or the end."""
    level = lines.column(below.entry.start) if below else 0
    return lines.column(start) == level
