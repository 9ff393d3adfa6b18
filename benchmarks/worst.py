"""Measure the most expensive accepted and the most expensive refused hostile plugin files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import hostile, measure, ours, places
from benchmarks.measure import Usage, number
from benchmarks.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.scope import Scope

SETTINGS = """\
repository: {repository_id: repo-1, name: Benchmark, repository_type: local}
defaults: {domain_id: domain-1}
"""


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the rows of the worst accepted and the worst refused file, by time and by memory."""
    folder = places.fresh("hostile")
    found: dict[int, list[tuple[Usage, str]]] = {0: [], 1: []}
    for name, text in hostile.files().items():
        usage = _check(folder, text, scope.rounds)
        found[usage.code].append((usage, name))
    for code, kind in ((0, "accepted"), (1, "refused")):
        slowest, its_name = max(found[code], key=lambda each: each[0].wall)
        cells = (f"{its_name}: {slowest}", f"of {len(found[code])} files")
        what = f"worst {kind} file of 256 KiB"
        yield Row(f"{what}, wall", *cells, slowest.wall, 1.0, 0.2, " s")
        largest, its_name = max(found[code], key=lambda each: each[0].memory)
        cells = (f"{its_name}: {number(largest.memory)} MB", f"of {len(found[code])} files")
        yield Row(f"{what}, memory", *cells, largest.memory, 100.0, None, " MB")


def _check(folder: Path, text: str, rounds: int) -> Usage:
    """Check a catalog of one file with a whole command."""
    plugins = folder / "catalog" / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    (folder / "catalog" / "catalog.yaml").write_text(SETTINGS, encoding="utf-8")
    (plugins / "plugin-hostile.yaml").write_bytes(text.encode())
    command = ours.cold("validate", folder / "catalog", codes=(0, 1))
    return measure.median([measure.run(command) for _ in range(rounds)])
