"""Rows in, a table out; one row in, a sheet of its members out.

On a terminal `rich` draws, and what does not fit the width is cut; into a pipe, plain columns hold
everything. `rich` is imported only where it draws: it takes a tenth of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.report.cells import cut, pad, width_of
from catalogctl.report.cleaning import ascii_only, clean_drawn, escaped
from catalogctl.report.safe_output import compact, yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console
    from rich.table import Table

    from catalogctl.jsontypes import JSON, JSONObject

_GAP = 2
_READABLE = 12
"""Cells that are left of a value that is cut."""
_NEVER_CUT = ("plugin_id", "state")
_IMPORTANCE = ("plugin_id", "state", "service_type", "latest_version", "name", "provider")
"""What a list has room for first; of other tables, the columns in their order."""
_STYLES = {"ENABLED": "green", "DISABLED": "yellow"}


@dataclass(frozen=True, slots=True)
class Look:
    """Where a table is shown: `width` None is no terminal, `unicode` False means ASCII alone."""

    color: bool
    width: int | None
    unicode: bool


def left_out(columns: Sequence[str], rows: Sequence[JSONObject], look: Look) -> list[str]:
    """Return the columns for which a terminal has no room: empty ones, then the least important."""
    shown = list(columns)
    if look.width is None or not rows:
        return []
    floors = dict(zip(columns, _floors(columns, _lines(columns, rows, look)), strict=True))
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys((*_IMPORTANCE, *columns)))}
    empty = {name for name in columns if not any(row.get(name) for row in rows)}
    by_importance = sorted(columns, key=lambda name: (name in empty, ranks[name]))
    while len(shown) > 1 and sum(floors[name] + _GAP for name in shown) - _GAP > look.width:
        shown.remove(by_importance.pop())
    return [name for name in columns if name not in shown]


def table(columns: Sequence[str], rows: Sequence[JSONObject], look: Look) -> str:
    """Return rows below the names of their columns; numbers stand to the right.

    Where a terminal is too narrow, values are cut, and columns are left out before the name of
    one is.
    """
    columns = [name for name in columns if name not in left_out(columns, rows, look)]
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
    if look.color or look.width is not None:
        return _drawn_table(lines, widths, right, look)
    return "".join(_line(line, widths, right) for line in lines)


def _lines(columns: Sequence[str], rows: Sequence[JSONObject], look: Look) -> list[list[str]]:
    """Return the cells of a table, its heading first."""
    heading = [_shown(name, look) for name in columns]
    return [heading, *([_shown(row.get(name, ""), look) for name in columns] for row in rows)]


def sheet(row: JSONObject, look: Look) -> str:
    """Return one row as a sheet: a member on each line, objects and lists as YAML."""
    members = [(_shown(name, look), _block(value, look)) for name, value in row.items()]
    width = max((width_of(name) for name, _ in members), default=0)
    if look.color or look.width is not None:
        return _drawn_sheet(members, width, look)
    gap = " " * (width + _GAP)
    return "".join(
        f"{pad(name, width + _GAP)}{value.replace(chr(10), chr(10) + gap)}".rstrip() + "\n"
        for name, value in members
    )


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(value: JSON, look: Look) -> str:
    """Return a value as one line that no terminal obeys."""
    text = escaped(value if isinstance(value, str) else compact(value))
    return text if look.unicode else ascii_only(text)


def _block(value: JSON, look: Look) -> str:
    """Return a value as it stands on a sheet: lists of words in a line, objects as YAML."""
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return ", ".join(_shown(each, look) for each in value)
    if not isinstance(value, dict | list) or not value:
        return "" if value in ({}, []) else _shown(value, look)
    return yaml_text(value, unicode=look.unicode).rstrip("\n")


def _floors(columns: Sequence[str], lines: list[list[str]]) -> list[int]:
    """Return how narrow each column may be: its heading is whole, and of a value enough to read."""
    floors: list[int] = []
    for name, (heading, *cells) in zip(columns, zip(*lines, strict=True), strict=True):
        widest = max(map(width_of, cells), default=0)
        least = widest if name in _NEVER_CUT else min(widest, _READABLE)
        floors.append(max(width_of(heading), least))
    return floors


def _fit(widths: list[int], floors: list[int], room: int) -> list[int]:
    """Return the widths with the widest made narrower until all fit, none below its floor."""
    bounds = zip(widths, floors, strict=True)
    fitted = [max(min(width, room), floor) for width, floor in bounds]
    free = [place for place, floor in enumerate(floors) if fitted[place] > floor]
    while free and sum(fitted) > room:
        widest = max(free, key=lambda place: fitted[place])
        fitted[widest] -= 1
        free = [place for place in free if fitted[place] > floors[place]]
    return fitted


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    """Return one line of a plain table."""
    padded = [
        pad(text, width, right=stands)
        for text, width, stands in zip(cells, widths, right, strict=True)
    ]
    return (" " * _GAP).join(padded).rstrip() + "\n"


def _drawn_table(
    lines: list[list[str]], widths: Sequence[int], right: Sequence[bool], look: Look
) -> str:
    """Return a table as rich draws it."""
    from rich.text import Text

    def fill(grid: Table) -> None:
        for name, width, stands in zip(lines[0], widths, right, strict=True):
            grid.add_column(
                Text(name), width=width, no_wrap=True, justify="right" if stands else "left"
            )
        for line in lines[1:]:
            grid.add_row(*(Text(text, style=_STYLES.get(text, "")) for text in line))

    return _drawn(fill, look, max(look.width or 0, sum(widths) + _GAP * len(widths)), header=True)


def _drawn_sheet(members: Sequence[tuple[str, str]], width: int, look: Look) -> str:
    """Return a sheet as rich draws it; a long line goes on below its beginning."""
    from rich.text import Text

    def fill(grid: Table) -> None:
        grid.add_column(width=width, no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in members:
            grid.add_row(Text(name, style="bold"), Text(value, style=_STYLES.get(value, "")))

    longest = max((width_of(line) for _, value in members for line in value.split("\n")), default=0)
    return _drawn(fill, look, look.width or width + _GAP + longest, header=False)


def _drawn(fill: Callable[[Table], None], look: Look, width: int, *, header: bool) -> str:
    """Return what rich writes for a table without lines; the environment has no say in it."""
    from io import StringIO

    from rich.table import Table

    out = StringIO()
    grid = Table(
        box=None, pad_edge=False, padding=(0, _GAP, 0, 0), show_header=header, header_style="bold"
    )
    fill(grid)
    _console(out, look, width).print(grid)
    return clean_drawn("".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines()))


def _console(out: object, look: Look, width: int) -> Console:
    from rich.console import Console

    return Console(
        file=out,  # type: ignore[arg-type]  # anything with write
        width=width,
        force_terminal=look.color,
        color_system="standard" if look.color else None,
        no_color=not look.color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
