"""Draw charts as SVG at build time, sized in percent.

A chart contains no text and needs no styles. Labels and figures are text next to it, and a table
below has the same data, so it can be read aloud, printed and copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from catalogctl.publish.site.texts import Texts

NAMED = 3
"""Values named in the sentence about a chart; the rest are counted."""
MONTHS_SHOWN = 36
_PLOT = 120
_LABELS = 4
_ROOM = 8
"""The minimum number of columns to leave room for, as a single column would fill the plot."""


class Bar(NamedTuple):
    """One bar: its text, facet page ("" for none), figure, width, position and height."""

    text: str
    path: str
    figure: str
    width: str
    y: str
    height: str


class Column(NamedTuple):
    """One column, or one point of a line: its position and size, in % across and px down."""

    text: str
    figure: str
    x: str
    middle: str
    width: str
    y: int
    height: int
    label: str


class Segment(NamedTuple):
    """A segment of a line from one point to the next."""

    x1: str
    y1: int
    x2: str
    y2: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A value in a chart; `is_rest` is true if the count sums up other values."""

    text: str
    path: str
    count: float
    is_rest: bool = False


def bars(counts: list[Counted], t: Texts) -> list[Bar]:
    """Return a bar for each count, with a width relative to the largest.

    The sum of the rest has a bar of width 0, because it would dwarf the others. All rows have the
    same height, which the longest text determines, and a bar has half of it.
    """
    most = max((each.count for each in counts if not each.is_rest), default=0) or 1
    return [
        Bar(
            each.text,
            each.path,
            t.number(each.count),
            _per_cent(0 if each.is_rest else max(0, each.count) / most),
            _per_cent((number + 0.25) / len(counts)),
            _per_cent(0.5 / len(counts)),
        )
        for number, each in enumerate(counts)
    ]


def columns(counts: list[tuple[str, float]], t: Texts) -> list[Column]:
    """Return a column for each (text, count), from left to right."""
    most = max((count for _, count in counts), default=0) or 1
    step = 1 / max(len(counts), _ROOM)
    every = -(-len(counts) // _LABELS)
    made = []
    for number, (text, count) in enumerate(counts):
        height = round(_PLOT * max(0, count) / most)
        made.append(
            Column(
                text=text,
                figure=t.number(count),
                x=_per_cent((number + 0.14) * step),
                middle=_per_cent((number + 0.5) * step),
                width=_per_cent(0.72 * step),
                y=_PLOT + 20 - height,
                height=height,
                label=text if number % every == 0 else "",
            )
        )
    return made


def line(points: list[Column]) -> list[Segment]:
    """Return the segments that connect the tops of the columns."""
    return [Segment(one.middle, one.y, other.middle, other.y) for one, other in pairwise(points)]


def months(counts: list[tuple[str, float]], t: Texts) -> list[tuple[str, float]]:
    """Return the newest months («2022-01») in words, including those without a count."""
    known = {number: count for text, count in counts if (number := _month(text)) is not None}
    if not known:
        return []
    last = max(known)
    first = max(min(known), last - MONTHS_SHOWN + 1)
    return [
        (t.month(number % 12 + 1, number // 12), known.get(number, 0))
        for number in range(first, last + 1)
    ]


def sentence(title: str, counts: list[tuple[str, float]], t: Texts) -> str:
    """Return a one-sentence summary of a chart."""
    said = ", ".join(f"{text} {t.number(count)}" for text, count in counts[:NAMED])
    more = t.counted("more_values", len(counts) - NAMED) if len(counts) > NAMED else ""
    return t("chart_says", title=title, values=said, more=more)


def _per_cent(share: float) -> str:
    return f"{round(100 * share, 2):g}%"


def _month(text: str) -> int | None:
    """Return the months from year 0 to «2022-01», or None for any other text."""
    year, _, month = text.partition("-")
    if not (year.isdecimal() and month.isdecimal() and year.isascii() and month.isascii()):
        return None
    return int(year) * 12 + int(month) - 1 if 1 <= int(month) <= 12 else None  # noqa: PLR2004  (months)
