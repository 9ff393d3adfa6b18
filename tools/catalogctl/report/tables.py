"""Rows in, a table out; one row in, a sheet of its members out.

On a terminal `rich` draws, and what does not fit the width is cut; into a pipe, plain columns hold
everything. `rich` is imported only where it draws: it takes a tenth of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.report.cells import cut, pad, width_of
from catalogctl.report.cleaning import ascii_only, clean_drawn, escaped
from catalogctl.report.encoding import compact, yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console
    from rich.table import Table

    from catalogctl.jsontypes import JSON, JSONObject

_GAP = 2
_NARROWEST = 4
_NEVER_CUT = ("plugin_id", "state")
_STYLES = {"ENABLED": "green", "DISABLED": "yellow"}


@dataclass(frozen=True, slots=True)
class Look:
    """Where a table is shown: `width` None is no terminal, `unicode` False means ASCII alone."""

    color: bool
    width: int | None
    unicode: bool


def table(columns: Sequence[str], rows: Sequence[JSONObject], look: Look) -> str:
    """Return rows below the names of their columns; numbers stand to the right."""
    lines = [[_shown(name, look) for name in columns]]
    lines += [[_shown(row.get(name, ""), look) for name in columns] for row in rows]
    right = [
        all(_is_number(row[name]) for row in rows if row.get(name) is not None) for name in columns
    ]
    widths = [max(map(width_of, cells)) for cells in zip(*lines, strict=True)]
    if look.width is not None:
        kept = [name in _NEVER_CUT for name in columns]
        widths = _fitting(lines, widths, kept, look.width - _GAP * (len(columns) - 1))
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


def _fitting(lines: list[list[str]], whole: list[int], kept: list[bool], room: int) -> list[int]:
    """Return widths that fit a room; a heading, the first of the lines, gives way to values."""
    if sum(whole) <= room:
        return whole
    values = [max(map(width_of, cells)) for cells in zip(*lines[1:], strict=True)]
    widths = _fit([max(width, _NARROWEST) for width in values], kept, room)
    left = room - sum(widths)
    for column, width in enumerate(whole):
        more = min(max(width - widths[column], 0), max(left, 0))
        widths[column] += more
        left -= more
    return widths


def _fit(widths: list[int], kept: list[bool], room: int) -> list[int]:
    """Return the widths with the widest made narrower until all fit; kept ones stay as they are."""
    widths = list(widths)
    while sum(widths) > room:
        free = [width for width, keep in zip(widths, kept, strict=True) if not keep]
        widest = max(free, default=0)
        if widest <= _NARROWEST:
            break
        next_ = max((width for width in free if width < widest), default=0)
        many = free.count(widest)
        less = -(-(sum(widths) - room) // many)
        narrower = max(widest - less, next_, _NARROWEST)
        widths = [
            narrower if width == widest and not keep else width
            for width, keep in zip(widths, kept, strict=True)
        ]
    return widths


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
