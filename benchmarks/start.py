"""Small commands in, what their start costs out, against a Python that imports click."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks import measure, peers, places
from benchmarks.measure import Command
from benchmarks.table import Row, render, took

if TYPE_CHECKING:
    from collections.abc import Iterator

CLICK = Command((sys.executable, "-c", "import click"))
FEW = 26
MORE_ROUNDS = 5
"""A start takes milliseconds, so it is run this many times as often as the rest."""


def table(rounds: int) -> str:
    """Return the table of start-up."""
    note = f"Plugins come from a catalog of {FEW}, in its working tree or built."
    return render("Start", list(_rows(rounds * MORE_ROUNDS)), (note,))


def _rows(rounds: int) -> Iterator[Row]:
    catalog = places.catalog(FEW)
    built = places.fresh("few")
    program = peers.catalogctl()
    measure.run(Command((program, "build", "--catalog", catalog, "--out", built)))
    plugin_id = min((catalog / "plugins").iterdir()).stem
    commands = {
        "--version": (program, "--version"),
        "get ID, built tree": (program, "get", plugin_id, "--from", built),
        "get ID, working tree": (program, "get", plugin_id, "--catalog", catalog),
    }
    runs = measure.alternating(
        {"click": CLICK, **{name: Command(argv) for name, argv in commands.items()}}, rounds
    )
    peer = "import click: " + took(measure.median(runs["click"]))
    for name in commands:
        ratio = measure.ratio(runs[name], runs["click"])
        yield Row(f"{name}, CPU", took(measure.median(runs[name])), peer, ratio, 2.0)
