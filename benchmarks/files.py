"""Count the published files that one change of a catalog changes (see `changes.py`)."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks import peers, places
from benchmarks.edits import CHANGES
from benchmarks.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.scope import Scope

COMMITS = 40
LIMITS: dict[str, tuple[float, float | None]] = {
    "a tag's text": (50, 40),
    "new version": (30, None),
    "labels": (90, None),
    "state": (100, None),
    "name": (120, None),
    "new plugin": (130, 100),
    "plugin gone": (130, None),
    "a commit beside the catalog": (1, None),
}


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the median number of changed files for each kind of change."""
    folder = places.fresh("files")
    options = ("--changes", str(scope.changes), "--commits", str(COMMITS), "--json")
    command = (sys.executable, "-m", "benchmarks.changes", str(scope.plugins), folder, *options)
    done = subprocess.run(command, check=True, capture_output=True, cwd=peers.ROOT)
    shutil.rmtree(folder)
    found = json.loads(done.stdout)
    for kind in CHANGES:
        counts, sizes = zip(*(each[1:] for each in found if each[0] == kind), strict=True)
        median, size = statistics.median_high(counts), statistics.median(sizes) / 1e6
        cells = (f"median of {len(counts)}: {size:.2f} MB", f"most: {max(counts):,} files")
        must, aim = LIMITS[kind]
        yield Row(f"files changed, {kind}, {scope.plugins:,}", *cells, median, must, aim, " files")
