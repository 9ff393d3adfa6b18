"""Format rows as a table, or one row as a sheet of its members.

On a terminal, what does not fit the width is truncated; in a pipe, the columns are complete. Colour
adds no information to the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.report.cells import cell_width, cut, width_of
from catalogctl.report.cleaning import ascii_only, clean_drawn, escaped
from catalogctl.report.safe_output import compact, yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.report.view import Look

_GAP = 2
_READABLE = 20
"""Cells that remain of a truncated value: with fewer, «monitoring.W…» could be anything."""
_NEVER_CUT = ("plugin_id", "state")
_IMPORTANCE = ("plugin_id", "state", "name", "latest_version", "service_type", "provider")
"""The columns of a list that take precedence; other tables use the order of their columns."""
_HEADING = "1"
_STYLES = {"ENABLED": "32", "DISABLED": "33"}
"""The colours of values (ECMA-48, SGR)."""


def left_out(columns: Sequence[str], rows: Sequence[JSONObject], look: Look) -> list[str]:
    """Return the columns that don't fit the terminal: empty ones, then the least important."""
    fitting = list(columns)
    if look.width is None or not rows:
        return []
    floors = dict(zip(columns, _floors(columns, _lines(columns, rows, look)), strict=True))
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys((*_IMPORTANCE, *columns)))}
    empty = {name for name in columns if not any(row.get(name) for row in rows)}
    by_importance = sorted(columns, key=lambda name: (name in empty, ranks[name]))
    while len(fitting) > 1 and sum(floors[name] + _GAP for name in fitting) - _GAP > look.width:
        fitting.remove(by_importance.pop())
    return [name for name in columns if name not in fitting]


def table(columns: Sequence[str], rows: Sequence[JSONObject], look: Look) -> str:
    """Return rows below the names of their columns; numbers are right-aligned.

    If the terminal is too narrow, values are truncated; columns are left out rather than their
    names truncated.
    """
    dropped = left_out(columns, rows, look)
    columns = [name for name in columns if name not in dropped]
    lines = _lines(columns, rows, look)
    right = [
        all(_is_number(row[name]) for row in rows if row.get(name) is not None) for name in columns
    ]
    widths = [max(map(width_of, cells)) for cells in zip(*lines, strict=True)]
    if look.width is not None:
        widths = _fit(widths, _floors(columns, lines), look.width - _GAP * (len(columns) - 1))
        lines = [
            [
                cut(text, width, unicode=look.unicode)
                for text, width in zip(line, widths, strict=True)
            ]
            for line in lines
        ]
    return "".join(
        _line(line, widths, right, look, _HEADING if number == 0 else "")
        for number, line in enumerate(lines)
    )


def _lines(columns: Sequence[str], rows: Sequence[JSONObject], look: Look) -> list[list[str]]:
    """Return the cells of a table, starting with its heading."""
    heading = [_line_of(name, look) for name in columns]
    return [heading, *([_line_of(row.get(name, ""), look) for name in columns] for row in rows)]


def sheet(row: JSONObject, look: Look) -> str:
    """Return one row as a sheet: one member per line, with objects and lists as YAML."""
    members = [(_line_of(name, look), _block(value, look)) for name, value in row.items()]
    indent = max((width_of(name) for name, _ in members), default=0) + _GAP
    room = None if look.width is None else max(1, look.width - indent)
    drawn: list[str] = []
    for name, value in members:
        first, *others = [part for line in value.split("\n") for part in _folded(line, room)]
        head = _styled(name, _HEADING, look) + " " * (indent - width_of(name))
        drawn.append(head + _styled(first, _STYLES.get(value, ""), look))
        drawn += [" " * indent + other for other in others]
    return clean_drawn("".join(f"{line.rstrip()}\n" for line in drawn))


def _folded(line: str, room: int | None) -> Iterator[str]:
    """Yield consecutive parts of a line that fit a width."""
    start = used = 0
    for at, character in enumerate(line):
        width = cell_width(character)
        if room is not None and used + width > room and at > start:
            yield line[start:at]
            start, used = at, 0
        used += width
    yield line[start:]


def _styled(text: str, style: str, look: Look) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if look.color and style and text else text


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _line_of(value: JSON, look: Look) -> str:
    """Return a value as one line that is safe for a terminal."""
    text = escaped(value if isinstance(value, str) else compact(value))
    return text if look.unicode else ascii_only(text)


def _block(value: JSON, look: Look) -> str:
    """Return a value for a sheet: lists of strings on one line, objects as YAML."""
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return ", ".join(_line_of(each, look) for each in value)
    if not isinstance(value, dict | list) or not value:
        return "" if value in ({}, []) else _line_of(value, look)
    return yaml_text(value, unicode=look.unicode).rstrip("\n")


def _floors(columns: Sequence[str], lines: list[list[str]]) -> list[int]:
    """Return each column's least width: its complete heading, and a readable part of values."""
    floors: list[int] = []
    for name, (heading, *cells) in zip(columns, zip(*lines, strict=True), strict=True):
        widest = max(map(width_of, cells), default=0)
        least = widest if name in _NEVER_CUT else min(widest, _READABLE)
        floors.append(max(width_of(heading), least))
    return floors


def _fit(widths: list[int], floors: list[int], room: int) -> list[int]:
    """Return the widths, reducing the widest until all fit, but none below its floor."""
    bounds = zip(widths, floors, strict=True)
    fitted = [max(min(width, room), floor) for width, floor in bounds]
    free = [place for place, floor in enumerate(floors) if fitted[place] > floor]
    while free and sum(fitted) > room:
        widest = max(free, key=lambda place: fitted[place])
        fitted[widest] -= 1
        free = [place for place in free if fitted[place] > floors[place]]
    return fitted


def _line(
    cells: Sequence[str], widths: Sequence[int], right: Sequence[bool], look: Look, style: str
) -> str:
    """Return one line of a table; without a `style`, each cell has the style of its value."""
    padded: list[str] = []
    for text, width, is_right in zip(cells, widths, right, strict=True):
        blanks = " " * (width - width_of(text))
        drawn = _styled(text, style or _STYLES.get(text, ""), look)
        padded.append(blanks + drawn if is_right else drawn + blanks)
    return (" " * _GAP).join(padded).rstrip() + "\n"
