"""Measure the start-up time of small commands, compared with a Python that imports click."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks import measure, peers, places
from benchmarks.measure import Command
from benchmarks.table import Row, render, took

if TYPE_CHECKING:
    from collections.abc import Iterator

CLICK = Command((sys.executable, "-c", "import click"))
FEW, MANY = 26, 10_000
MORE_ROUNDS = 5
"""The factor by which starts are run more often, since each takes only milliseconds."""


def table(rounds: int) -> str:
    """Return the table of start-up."""
    note = f"Plugins come from a catalog of {FEW}, or of {MANY:,} where stated."
    return render("Start", list(_rows(rounds * MORE_ROUNDS)), (note,))


def _rows(rounds: int) -> Iterator[Row]:
    catalog, large = places.catalog(FEW), places.catalog(MANY)
    built = places.fresh("few")
    program = peers.catalogctl()
    measure.run(Command((program, "build", "--catalog", catalog, "--out", built)))
    plugin_id, other_id = (min((each / "plugins").iterdir()).stem for each in (catalog, large))
    commands = {
        "--version": (program, "--version"),
        "get ID, built tree": (program, "get", plugin_id, "--from", built),
        "get ID, working tree": (program, "get", plugin_id, "--catalog", catalog),
        f"get ID, working tree of {MANY:,}": (program, "get", other_id, "--catalog", large),
    }
    runs = measure.alternating(
        {"click": CLICK, **{name: Command(argv) for name, argv in commands.items()}}, rounds
    )
    peer = "import click: " + took(measure.median(runs["click"]))
    for name in commands:
        ratio = measure.ratio(runs[name], runs["click"])
        yield Row(f"{name}, CPU", took(measure.median(runs[name])), peer, ratio, 2.0)
