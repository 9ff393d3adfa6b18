"""Show a line of a file in a terminal, with marks under the place of a problem.

A problem has the start of its place, but not the end, which is determined from the line. The marks
are under the right cells even if the line has tabs, wide and combining characters, or escapes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.redaction import SHOWN
from catalogctl.report.cells import cell_width, ellipsis
from catalogctl.report.cleaning import commands, escape, is_control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.redaction import Span

_TAB = 4
_TOKENS = (
    re.compile(r'"(?:[^"\\]|\\.)*"'),
    re.compile(r"'(?:[^']|'')*'"),
    re.compile(r"#.*"),
    re.compile(r"[&*!][^\s,\[\]{}]+"),
    re.compile(r"[\[\]{},]|[-?:](?=\s|$)|[|>](?=[-+\d]*\s*(?:#|$))"),
)
_PLAIN = re.compile(r"(?:(?!:(?:\s|$)|\s#).)+")
_PLAIN_IN_FLOW = re.compile(r"(?:(?!:(?:[\s,\[\]{}]|$)|\s#)[^,\[\]{}])+")


class Excerpt(NamedTuple):
    """A line as shown, and the line of carets below it."""

    text: str
    marks: str


class _Cell(NamedTuple):
    text: str
    width: int


def excerpt(
    line: str, column: int, *, width: int, unicode: bool, hidden: Sequence[Span] = ()
) -> Excerpt:
    """Return the part of a line around a column (from 1) that fits a width, and its marks.

    Only the beginning of each `hidden` part is shown.
    """
    at = min(max(column - 1, 0), len(line))
    first, last = max(0, at - 4 * width), at + 4 * width  # a line may be as long as the file
    near, place = line[first:last], at - first
    cells = _cells(near, unicode=unicode)
    _hide(cells, [(start - first, end - first) for start, end in hidden], unicode=unicode)
    sign = ellipsis(unicode=unicode)
    begin, end = _window(cells, place, width, len(sign), whole=len(near) == len(line))
    before = sign if first + begin else ""
    after = sign if first + end < len(line) else ""
    text = before + "".join(cell.text for cell in cells[begin:end]) + after
    indent = len(before) + sum(cell.width for cell in cells[begin:place])
    run = sum(cell.width for cell in cells[place : min(place + _length(near, place), end)])
    return Excerpt(text.rstrip(), " " * indent + "^" * max(run, 1))


def _cells(line: str, *, unicode: bool) -> list[_Cell]:
    """Return the cell that is shown for each character."""
    cells: list[_Cell] = []
    position, inline = 0, commands(line)
    for index, character in enumerate(line):
        if character == "\t":
            blanks = _TAB - position % _TAB
            cell = _Cell(" " * blanks, blanks)
        elif is_control(character) or index in inline or not (unicode or character.isascii()):
            escaped = escape(character)
            cell = _Cell(escaped, len(escaped))
        else:
            cell = _Cell(character, cell_width(character))
        position += cell.width
        cells.append(cell)
    return cells


def _hide(cells: list[_Cell], hidden: Sequence[Span], *, unicode: bool) -> None:
    """Clear the cells of hidden parts, except their beginnings and an ellipsis after those."""
    sign = ellipsis(unicode=unicode)
    for start, end in hidden:
        begin = start + (SHOWN if end - start > SHOWN else 0)
        for place in range(max(begin, 0), min(end, len(cells))):
            cells[place] = _Cell("", 0)
        if 0 <= begin < len(cells):
            cells[begin] = _Cell(sign, len(sign))


def _window(
    cells: list[_Cell], place: int, width: int, sign: int, *, whole: bool
) -> tuple[int, int]:
    """Return the start and end of the part that is shown, a third of it before the place."""
    if whole and sum(cell.width for cell in cells) <= width:
        return 0, len(cells)
    room = max(width - 2 * sign, 1)
    begin, left = _reach(cells, range(place - 1, -1, -1), room // 3)
    end, right = _reach(cells, range(place, len(cells)), room - left)
    if end == len(cells) - place:
        begin, _ = _reach(cells, range(place - 1, -1, -1), room - right)
    return place - begin, place + end


def _reach(cells: list[_Cell], indices: range, room: int) -> tuple[int, int]:
    """Return how many of the cells fit into a width, and how much of it they take."""
    taken = 0
    for count, index in enumerate(indices):
        if taken + cells[index].width > room:
            return count, taken
        taken += cells[index].width
    return len(indices), taken


def _length(line: str, at: int) -> int:
    """Return the number of characters of the token at a place; a scalar ends with its line."""
    if at >= len(line) or line[at].isspace() or is_control(line[at]):
        return 1
    for token in _TOKENS:
        if match := token.match(line, at):
            return len(match[0].rstrip())
    opened = sum(map(line[:at].count, "[{")) - sum(map(line[:at].count, "]}"))
    match = (_PLAIN_IN_FLOW if opened > 0 else _PLAIN).match(line, at)
    return max(len(match[0].rstrip(" \t,")), 1) if match else 1
