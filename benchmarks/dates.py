"""Measure a Python process that reads the dates of files from git, compared with `git log`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks import measure, places
from benchmarks.measure import Command
from benchmarks.table import Row, against

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.scope import Scope

READ = """\
import sys
from pathlib import Path
from catalogctl.source.history import read_history
history = read_history(Path(sys.argv[1]))
assert len(history.dates) >= int(sys.argv[2]), len(history.dates)
"""


def ours(catalog: Path) -> Command:
    """Return the command that reads the dates of all files of a catalog."""
    files = 2 * len(list((catalog / "plugins").iterdir()))
    return Command((sys.executable, "-c", READ, catalog, str(files)))


def bare(catalog: Path) -> Command:
    """Return the `git log` command that only lists the files of each commit."""
    options = ("--format=%H %ct", "--name-status", "--no-renames", "-z", "--", ".")
    return Command(("git", "-C", catalog, "log", *options))


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the row of dates."""
    catalog = places.catalog(scope.plugins)
    git = "bare git log"
    runs = measure.alternating({"dates": ours(catalog), git: bare(catalog)}, scope.rounds)
    commits = min(places.COMMITS, scope.plugins)
    what = f"dates, {scope.plugins:,} plugins, {commits:,} commits, CPU"
    yield against(runs, "dates", git, what=what, limits=(1.2, 1.1))
