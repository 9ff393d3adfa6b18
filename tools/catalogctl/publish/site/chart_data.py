"""Prepare the data of the charts on the statistics page: lists of bars, months, and a matrix.

They are lists and tables with their figures as text; a drawing only repeats what the text says.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.publish.site.texts import Texts

MOST_BARS = 8
"""The maximum number of bars; the rest is summed up."""
MONTHS = 12
HIGHEST = 104
"""The height of the highest column, in pixels."""
LONGEST_WORD = 9
"""The maximum number of letters of a word that a column of the matrix has room for."""
MOST_PROVIDERS, MOST_KINDS, MOST_OTHERS = 5, 8, 12
"""The maximum numbers of columns and rows of the matrix, and of the providers named below it."""


class BarOfList(NamedTuple):
    """A value with its number, the page of its plugins or "", its width in per cent, its glyph."""

    text: str
    path: str
    figure: str
    width: int
    glyph: str


class MonthColumn(NamedTuple):
    """A month with its number; `height` is in pixels."""

    label: str
    figure: str
    height: int


class MatrixCell(NamedTuple):
    """A figure of the matrix, "" for none; `is_high` is true for the highest ones."""

    figure: str
    is_high: bool


class Matrix(NamedTuple):
    """How many plugins there are of each kind for each provider.

    `heads` are (provider, path), `rows` (kind, cells), `others` (provider, path, figure) of the
    providers without a column. `more` counts the providers that are left out. If `is_upright` is
    true, the heads have a word that is too long for its column.
    """

    heads: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, Sequence[MatrixCell]]]
    others: Sequence[tuple[str, str, str]]
    more: str
    is_upright: bool


def ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return counts, the highest first, then by text."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def bars(
    counts: Mapping[str, int], pages: Mapping[str, str], glyphs: Mapping[str, str], t: Texts
) -> list[BarOfList]:
    """Return a bar for each of the highest counts, then the sum of the others without one."""
    every = ordered(counts)
    shown = every if len(every) <= MOST_BARS else every[: MOST_BARS - 1]
    most = max((number for _, number in shown), default=1) or 1
    made = [
        BarOfList(
            *(text, pages.get(text, ""), t.number(number)),
            width=round(100 * number / most),
            glyph=glyphs.get(text, ""),
        )
        for text, number in shown
    ]
    rest = every[len(shown) :]
    if rest:
        total = t.number(sum(number for _, number in rest))
        made.append(BarOfList(t.counted("others", len(rest)), "", total, 0, ""))
    return made


def last_months(now: str) -> list[str]:
    """Return the twelve months («2026-11») that end with that of a time, oldest first."""
    last = int(now[:4]) * 12 + int(now[5:7]) - 1
    return [f"{each // 12:04}-{each % 12 + 1:02}" for each in range(last - MONTHS + 1, last + 1)]


def columns(counts: Mapping[str, int], now: str, t: Texts) -> list[MonthColumn]:
    """Return a column for each of the twelve months that end with that of `now`."""
    shown = [(month, counts.get(month, 0)) for month in last_months(now)]
    most = max(count for _, count in shown) or 1
    return [
        MonthColumn(
            t.short_month(int(month[5:7])),
            t.number(count),
            max(round(HIGHEST * count / most), 2 if count else 1),
        )
        for month, count in shown
    ]


def matrix(counts: Mapping[tuple[str, str], int], pages: Mapping[str, str], t: Texts) -> Matrix:
    """Return the matrix of (provider, kind) counts.

    The providers of more than one plugin have a column, as far as there is room, and the most
    frequent kinds a row.
    """
    of_provider: Counter[str] = Counter()
    of_kind: Counter[str] = Counter()
    for (provider, kind), number in counts.items():
        of_provider[provider] += number
        of_kind[kind] += number
    every = ordered(of_provider)
    wide = [name for name, number in every if number > 1] or [name for name, _ in every]
    heads, kinds = wide[:MOST_PROVIDERS], ordered(of_kind)[:MOST_KINDS]
    others = [(name, number) for name, number in every if name not in heads]
    more = len(others) - MOST_OTHERS
    most = max(counts.values(), default=0)
    return Matrix(
        heads=[(name, pages.get(name, "")) for name in heads],
        rows=[
            (kind, [_cell(counts.get((name, kind), 0), most, t) for name in heads])
            for kind, _ in kinds
        ],
        others=[
            (name, pages.get(name, ""), t.number(count)) for name, count in others[:MOST_OTHERS]
        ],
        more=t.counted("more_values", more) if more > 0 else "",
        is_upright=any(len(word) > LONGEST_WORD for name in heads for word in name.split()),
    )


def _cell(number: int, most: int, t: Texts) -> MatrixCell:
    return MatrixCell(t.number(number) if number else "", 1 < number > most / 2)
