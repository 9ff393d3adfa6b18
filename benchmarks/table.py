"""Render measured figures as Markdown: what was measured, its limit, and whether it is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure import Usage

TIMES = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: our figure and a peer's as text, and the measure that is compared with a limit.

    `unit` is TIMES, " s", or " MB". With `at_least`, the limit is a minimum instead of a maximum; a
    row without a limit only informs.
    """

    what: str
    ours: str
    peer: str
    measured: float
    must: float | None
    unit: str = TIMES
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Return whether the limit is met; None without one."""
        if self.must is None:
            return None
        return self.measured >= self.must if self.at_least else self.measured <= self.must

    def cells(self) -> tuple[str, ...]:
        """Return the row's cells as text."""
        sign = "≥" if self.at_least else "≤"
        must = "-" if self.must is None else f"{sign} {self.must:g}{self.unit}"
        met = {True: "met", False: "**not met**", None: "-"}[self.met]
        return (self.what, self.ours, self.peer, number(self.measured) + self.unit, must, met)


HEAD = ("what", "catalogctl", "peer", "measured", "must", "")


def number(value: float) -> str:
    """Return a figure with about three significant digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.095 else f"{value:.3f}"


def took(usage: Usage) -> str:
    """Return the CPU time, wall time, and memory of a run as one cell."""
    cpu, wall, memory = map(number, (usage.cpu, usage.wall, usage.memory))
    return f"{cpu} s CPU, {wall} s wall, {memory} MB"


def render(title: str, rows: Sequence[Row], notes: Sequence[str] = ()) -> str:
    """Return a titled table with aligned columns, and its notes below."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = [_line(HEAD, widths), "| " + " | ".join("-" * width for width in widths) + " |"]
    lines += [_line(line, widths) for line in cells[1:]]
    text = f"### {title}\n\n" + ("\n".join(lines) + "\n" if rows else "")
    return text + "".join(f"\n{note}\n" for note in notes)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"
