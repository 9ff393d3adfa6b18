"""Measure reading the dates of files from 1,000 commits, compared with `git log`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks import measure, places
from benchmarks.measure import Command
from benchmarks.table import Row, render, took

if TYPE_CHECKING:
    from pathlib import Path

READ = """\
import sys
from pathlib import Path
from catalogctl.source.history import read_history
history = read_history(Path(sys.argv[1]))
assert len(history.dates) >= 20_000, len(history.dates)
"""


def ours(catalog: Path) -> Command:
    """Return the command that reads the dates of all files of a catalog."""
    return Command((sys.executable, "-c", READ, catalog))


def bare(catalog: Path) -> Command:
    """Return the `git log` command that only lists the files of each commit."""
    options = ("--format=%H %ct", "--name-status", "--no-renames", "-z", "--", ".")
    return Command(("git", "-C", catalog, "log", *options))


def table(rounds: int) -> str:
    """Return the table of dates."""
    catalog = places.catalog(10_000)
    runs = measure.alternating({"ours": ours(catalog), "git": bare(catalog)}, rounds)
    ratio = measure.ratio(runs["ours"], runs["git"])
    cells = (took(measure.median(runs["ours"])), "git log: " + took(measure.median(runs["git"])))
    row = Row("20,000 files, 1,000 commits, CPU", *cells, ratio, 1.3)
    note = "A whole Python process that reads the dates, git's own work included."
    return render("Dates from git", [row], (note,))
