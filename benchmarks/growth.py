"""Measure how the cost of a cold run grows with the catalog, and its peak memory."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from benchmarks import build, measure, places, validate
from benchmarks.measure import number
from benchmarks.table import Row, against

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.measure import Command
    from benchmarks.scope import Scope

CALLS: dict[str, tuple[Callable[[Path], Command], float, float, float]] = {
    "validate": (validate.cold, 11.0, 150.0, 100.0),
    "build": (build.cold, 11.5, 500.0, 400.0),
}
"""Commands, how many times the CPU time they may take, and the memory that they may take in MB."""


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the rows that compare the large catalog with the small one; none without `large`."""
    if not scope.large:
        return
    small, large = f"{scope.plugins:,}", f"{scope.large:,}"
    for call, (command, must, most, aim) in CALLS.items():
        catalogs = {name: places.catalog(int(name.replace(",", ""))) for name in (large, small)}
        commands = {name: command(catalog) for name, catalog in catalogs.items()}
        runs = measure.alternating(commands, 1)
        what = f"{call} {large} against {small}, CPU"
        yield against(runs, large, small, what=what, limits=(must, 10.3))
        memory = measure.peak_memory(commands[large])
        cell = f"{number(memory)} MB"
        yield Row(f"{call} {large}, peak memory", cell, "", memory, most, aim, " MB")
    shutil.rmtree(places.outputs() / build.OURS, ignore_errors=True)
