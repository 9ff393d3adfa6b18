"""Count the bytes that `catalogctl publish` writes to a folder after one changed text.

What arrives is counted, not what the command says: each file that is new or another one.
"""

from __future__ import annotations

import shutil
import stat
import statistics
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import measure, ours, places
from benchmarks.edits import EditedCatalog
from benchmarks.measure import number
from benchmarks.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.scope import Scope

LIMITS = {False: (6.0, 4.0), True: (8.0, 5.0)}
"""The limits in MB, of the large catalog (True) and of the other one."""


class Arrived(NamedTuple):
    """One file at the destination, as it was written."""

    inode: int
    written: int
    size: int


def rows(scope: Scope) -> Iterator[Row]:
    """Yield what is uploaded after a tag's text changed, for each size."""
    for plugins in scope.sizes:
        folder = places.fresh("upload")
        edited = EditedCatalog.clone(places.catalog(plugins), folder / "repository", plugins)
        published = folder / "published"
        _build_and_publish(edited.catalog, folder, published)
        before = whole = _arrived(published)
        counts, sizes = [], []
        for _ in range(scope.rounds_of(plugins)):
            edited.change("a tag's text")
            _build_and_publish(edited.catalog, folder, published)
            after = _arrived(published)
            new = [file.size for path, file in after.items() if before.get(path) != file]
            counts.append(len(new))
            sizes.append(sum(new) / 1e6)
            before = after
        median, files = statistics.median(sizes), statistics.median(counts)
        total = (
            f"{len(whole):,} files, {number(sum(file.size for file in whole.values()) / 1e6)} MB"
        )
        must, aim = LIMITS[plugins == scope.large]
        what = f"uploaded after a tag's text, {plugins:,}"
        cells = (f"{files:,.0f} files, {number(median)} MB", f"whole tree: {total}")
        yield Row(what, *cells, median, must, aim, " MB")
        shutil.rmtree(folder)


def _build_and_publish(catalog: Path, folder: Path, published: Path) -> None:
    cache, tree = folder / "cache", folder / "public"
    measure.run(ours.warm("build", "--catalog", catalog, "--out", tree, cache=cache))
    measure.run(ours.warm("publish", published, "--from", tree, cache=cache))


def _arrived(published: Path) -> dict[Path, Arrived]:
    found = {}
    for path in published.rglob("*"):
        state = path.stat()
        if stat.S_ISREG(state.st_mode):
            found[path] = Arrived(state.st_ino, state.st_mtime_ns, state.st_size)
    return found
