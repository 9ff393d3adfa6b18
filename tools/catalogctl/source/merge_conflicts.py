"""Find the merge conflicts that git left in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MARKER = re.compile(r"([<|=>])\1{6}(?:[ \t].*)?\Z", re.DOTALL)
_MARKS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")

MESSAGE = "a merge conflict was left here"


@dataclass(slots=True)
class MergeConflict:
    """The lines from `<<<<<<<` to `>>>>>>>`, or a single marker that is left of a conflict.

    `markers` are the numbers of the marker lines, from 0, `others` those of every side but the
    first one. `is_closed` means that both ends are present.
    """

    markers: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)

    is_closed: bool = False

    @property
    def first(self) -> int:
        """The line where the conflict begins."""
        return self.markers[0]


def may_hold_conflicts(text: str) -> bool:
    """Return whether a text may contain a marker; a quick check."""
    return any(mark in text for mark in _MARKS)


def conflicts(lines: Sequence[str]) -> Iterator[MergeConflict]:
    """Yield the conflicts in the lines of a text; markers begin a line."""
    known: MergeConflict | None = None
    rest: list[int] = []
    has_sides = False
    for number, line in enumerate(lines):
        marker = _MARKER.match(line.rstrip("\r\n"))
        kind = marker[1] if marker else ""
        if kind == "<" or (kind and known is None):
            if known is not None:
                yield known
            known, rest, has_sides = MergeConflict([number]), [], kind != "<"
            if kind != "<":
                yield known
                known = None
        elif known is not None and kind:
            known.markers.append(number)
            has_sides = True
            if kind == ">":
                known.others, known.is_closed = rest, True
                yield known
                known = None
        elif known is not None and has_sides:
            rest.append(number)
    if known is not None:
        yield known


def first_conflict(data: bytes) -> int:
    """Return the line, from 1, where the first merge conflict in a file begins, or 0 if none.

    A line of `=` without the beginning of a conflict may underline a heading.
    """
    if b"<<<<<<<" not in data and b">>>>>>>" not in data:
        return 0
    lines = data.decode("utf-8", "replace").split("\n")
    firsts = (each.first for each in conflicts(lines))
    return next((first + 1 for first in firsts if lines[first][0] in "<>"), 0)


def sides(text: str) -> tuple[str, ...]:
    """Return a text as the first and as the last side of its conflicts has it, if it has any."""
    lines = text.splitlines(keepends=True)
    found = list(conflicts(lines))
    first = {number for each in found for number in (*each.markers, *each.others)}
    last = {number for each in found for number in range(each.first, each.markers[-2:][0] + 1)}
    last |= {each.markers[-1] for each in found}
    kept = [_without(lines, numbers) for numbers in (first, last)]
    return tuple(dict.fromkeys(kept))


def _without(lines: Sequence[str], numbers: set[int]) -> str:
    return "".join(line for number, line in enumerate(lines) if number not in numbers)


def hint(conflict: MergeConflict) -> str:
    """Return what to do about a conflict."""
    if len(conflict.markers) == 1:
        return "keep the lines that are right, and take this line out"
    last = conflict.markers[-1] + 1
    return f"keep the lines that are right, and take out the markers as far as line {last}"
