"""Render measured figures as one table: what was measured, both limits, and which are met."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from benchmarks import measure
from benchmarks.measure import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.measure import Usage

TIMES = "\N{MULTIPLICATION SIGN}"
MISSED, ABSENT = "**missed**", "not measured"
HEAD = ("what", "catalogctl", "compared with", "measured", "must", "aim", "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: our figure, that of a peer or a baseline, and the measure held against the limits.

    `measured` is None if the peer is absent. `unit` is TIMES, or one with a space before it. With
    `at_least`, the limits are minima. A row without `must` only informs.
    """

    what: str
    ours: str
    other: str
    measured: float | None
    must: float | None = None
    aim: float | None = None
    unit: str = TIMES
    at_least: bool = False

    @property
    def verdict(self) -> str:
        """Say which limits are met."""
        if self.measured is None:
            return ABSENT
        if self.must is None:
            return "-"
        if self._meets(self.aim):
            return "aim met"
        return "met" if self._meets(self.must) else MISSED

    def _meets(self, limit: float | None) -> bool:
        if self.measured is None or limit is None:
            return False
        return self.measured >= limit if self.at_least else self.measured <= limit

    def cells(self) -> tuple[str, ...]:
        """Return the row's cells as text."""
        measured = "-" if self.measured is None else number(self.measured) + self.unit
        limits = (self._limit(self.must), self._limit(self.aim))
        return (self.what, self.ours, self.other, measured, *limits, self.verdict)

    def _limit(self, limit: float | None) -> str:
        sign = "≥" if self.at_least else "≤"
        return "-" if limit is None else f"{sign} {limit:g}{self.unit}"

    def as_json(self) -> dict[str, Any]:
        """Return the row as JSON."""
        return {**asdict(self), "unit": self.unit.strip(), "verdict": self.verdict}


def against(
    runs: Mapping[str, Sequence[Usage]],
    ours: str,
    other: str,
    *,
    what: str,
    limits: tuple[float | None, float | None] = (None, None),
) -> Row:
    """Return the row that compares the CPU time of two commands run in turn, named as in `runs`.

    `limits` are what it must and what it should be at most; `other` may be absent.
    """
    mine = str(measure.median(runs[ours]))
    if other not in runs:
        return absent(what, mine, other, *limits)
    cell = f"{other}: {measure.median(runs[other])}"
    return Row(what, mine, cell, measure.ratio(runs[ours], runs[other]), *limits)


def absent(
    what: str, mine: str, other: str, must: float | None = None, aim: float | None = None
) -> Row:
    """Return the row of a comparison with a peer that is not there."""
    return Row(what, mine, f"{other}: absent", None, must, aim)


def render(rows: Sequence[Row]) -> str:
    """Return the table in Markdown, with aligned columns."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = [_line(HEAD, widths), "| " + " | ".join("-" * width for width in widths) + " |"]
    lines += [_line(line, widths) for line in cells[1:]]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"
