"""Measure the most expensive accepted and the most expensive refused hostile plugin files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import hostile, measure, peers, places
from benchmarks.measure import Command, Usage
from benchmarks.table import Row, number, render, took

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETTINGS = """\
repository: {repository_id: repo-1, name: Benchmark, repository_type: local}
defaults: {domain_id: domain-1}
"""


def table(rounds: int) -> str:
    """Return the table of the worst files."""
    rows = list(_rows(rounds))
    note = (
        f"Of {len(hostile.files())} files of up to 256 KiB (deep, wide, one line, aliases), each"
        " checked by a whole command of its own, start-up included."
    )
    return render("The worst possible file", rows, (note,))


def _rows(rounds: int) -> Iterator[Row]:
    folder = places.fresh("hostile")
    found: dict[int, list[tuple[Usage, str]]] = {0: [], 1: []}
    for name, text in hostile.files().items():
        usage, code = _check(folder, text, rounds)
        found[code].append((usage, name))
    for code, kind in ((0, "accepted"), (1, "refused")):
        slowest, its_name = max(found[code], key=lambda each: each[0].wall)
        cells = (f"{its_name}: {took(slowest)}", f"of {len(found[code])}")
        yield Row(f"worst {kind} file, wall", *cells, slowest.wall, 1.0, " s")
        largest, its_name = max(found[code], key=lambda each: each[0].memory)
        cells = (f"{its_name}: {number(largest.memory)} MB", f"of {len(found[code])}")
        yield Row(f"largest {kind} file, memory", *cells, largest.memory, 100.0, " MB")


def _check(folder: Path, text: str, rounds: int) -> tuple[Usage, int]:
    """Check a catalog of one file; return the resources used and the exit code."""
    plugins = folder / "catalog" / "plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    (folder / "catalog" / "catalog.yaml").write_text(SETTINGS, encoding="utf-8")
    (plugins / "plugin-hostile.yaml").write_bytes(text.encode())
    command = (peers.catalogctl(), "validate", "--catalog", folder / "catalog")
    code = 0
    try:
        measure.run(Command(command))
    except measure.UnexpectedExitError:
        code = 1
    runs = [measure.run(Command(command, codes=(code,))) for _ in range(rounds)]
    return measure.median(runs), code
