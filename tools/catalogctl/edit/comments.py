"""Find the comments and blank lines of a file, and the entry that each belongs to."""

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
    """A comment; `spaced` means that a blank line precedes it."""

    text: str
    spaced: bool = False


@dataclass(slots=True)
class EntryComments:
    """The comments about one entry: in the lines above it, on its line, and at its end.

    `spaced` means that a blank line precedes the entry.
    """

    above: list[Comment] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    inside: list[Comment] = field(default_factory=list)
    spaced: bool = False


@dataclass(slots=True)
class FileComments:
    """All comments of a file: `head` is about the file, `tail` is at its end.

    `spaced` means that a blank line follows the head.
    """

    head: list[Comment] = field(default_factory=list)
    tail: list[Comment] = field(default_factory=list)
    spaced: bool = False
    _about: dict[int, EntryComments] = field(default_factory=dict)

    def about(self, entry: LayoutEntry) -> EntryComments:
        """Return the comments about an entry."""
        return self._about.setdefault(id(entry), EntryComments())


@dataclass(frozen=True, slots=True)
class _Spot:
    """An entry with the entries that contain it, outermost first."""

    entry: LayoutEntry
    above: tuple[LayoutEntry, ...]


def read_comments(layout: Layout) -> FileComments:
    """Return the comments of a file, each assigned to an entry, the file or its end."""
    comments, lines = FileComments(), layout.lines
    spots = list(_spots(layout.root, ()))
    starts = [spot.entry.start for spot in spots]
    for spot in spots:
        comments.about(spot.entry).spaced = _is_spaced(lines, spot.entry.start)
    # Comments at the beginning of a file are about the file.
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
    """Return whether something begins its line and the line above is blank."""
    start = lines.start(at)
    return start > 0 and lines.begins(at) and lines.is_blank(lines.before(start))


def _beside(lines: Lines, spot: _Spot, start: int) -> LayoutEntry:
    """Return the entry that a comment at the end of a line is about.

    It is the last one that begins before the comment, or the outermost one whose brackets close
    between the two, if they also open on this line or close on a line of their own.
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
    """Move the blank line above the first entry and its comments to the head of the file.

    A blank line follows the head; if it ends with the line for editors, only if there was one.
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

    It is about the entry below it, unless it is inside an entry that ends above it: further to the
    right than that entry, or in the column of its content. Then it is the last thing in that entry.
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
    """Return an entry and those that contain it, without the content of brackets closed before."""
    chain: list[LayoutEntry] = []
    for entry in (*spot.above, spot.entry):
        chain.append(entry)
        if entry.value.flow and entry.value.end <= start:
            break
    return chain


def _inner_column(lines: Lines, entry: LayoutEntry) -> int:
    """Return the first column in which a comment is inside an entry."""
    if entry.value.entries and not entry.value.flow:
        return lines.column(entry.value.entries[0].start)
    return lines.column(entry.start) + 1


def _is_level(lines: Lines, below: _Spot | None, start: int) -> bool:
    """Return whether a comment is in the column of what follows: the next entry, or the end."""
    level = lines.column(below.entry.start) if below else 0
    return lines.column(start) == level
