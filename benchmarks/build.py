"""Measure publishing a whole catalog: catalogctl, hugo, and dumb-pypi.

hugo writes an HTML page and a JSON file for each plugin from the same data, without any list;
catalogctl writes these and the lists, facets, index, hashes, and the rest of its tree, with dates
from 1,000 commits, and its cache. dumb-pypi writes three small files for each of as many packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import hugo_site, measure, ours, peers, places
from benchmarks.measure import Command, Usage, number
from benchmarks.table import Row, absent, against

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from benchmarks.scope import Scope

OURS, WITHOUT_CACHE, HUGO, DUMB_PYPI = "catalogctl", "--no-cache", "hugo", "dumb-pypi"


def cold(catalog: Path, *options: str) -> Command:
    """Return the command that publishes a catalog to an empty folder."""
    return ours.cold("build", catalog, *options, out=places.outputs() / OURS)


def hugo(catalog: Path) -> Command | None:
    """Return hugo's command for the same data; None if hugo is not available."""
    program = peers.hugo()
    if program is None:
        return None
    source = places.fresh("hugo-source")
    hugo_site.write(source, catalog)
    options = ("--source", source, "--destination", places.outputs() / HUGO, "--quiet")
    return Command((program, *options), before=lambda: _clear(HUGO), reads=source)


def dumb_pypi(packages: int) -> Command | None:
    """Return dumb-pypi's command for packages with one version each: three small files each."""
    program = peers.from_pypi(DUMB_PYPI)
    if program is None:
        return None
    names = places.outputs() / "packages.txt"
    names.write_text(
        "".join(f"benchmark_package_{number:05d}-1.0.0.tar.gz\n" for number in range(packages)),
        encoding="utf-8",
    )
    out = places.outputs() / DUMB_PYPI
    options = ("--package-list", names, "--output-dir", out, "--packages-url", "../../files/")
    return Command((program, *options), before=lambda: _clear(DUMB_PYPI))


def _clear(name: str) -> None:
    places.fresh(name)


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the rows of a cold build."""
    catalog = places.catalog(scope.plugins)
    commands = {OURS: cold(catalog)}
    found = {HUGO: hugo(catalog), DUMB_PYPI: dumb_pypi(scope.plugins)}
    commands |= {name: command for name, command in found.items() if command is not None}
    runs = measure.alternating(
        {**commands, WITHOUT_CACHE: cold(catalog, "--no-cache")}, scope.rounds
    )
    what = f"build {scope.plugins:,} cold"
    yield against(runs, OURS, HUGO, what=f"{what}, CPU", limits=(1.0, 0.85))
    yield _memory(f"{what}, peak memory", commands)
    yield against(runs, OURS, WITHOUT_CACHE, what=f"{what}, with the cache that it writes, CPU")
    yield _rate(runs)


def _memory(what: str, commands: Mapping[str, Command]) -> Row:
    mine = measure.peak_memory(commands[OURS])
    if HUGO not in commands:
        return absent(what, f"{number(mine)} MB", HUGO, 0.4, 0.25)
    theirs = measure.peak_memory(commands[HUGO])
    return Row(what, f"{number(mine)} MB", f"hugo: {number(theirs)} MB", mine / theirs, 0.4, 0.25)


def _rate(runs: Mapping[str, Sequence[Usage]]) -> Row:
    """Return the row that compares files published per second of CPU."""
    what, mine = "files published per second of CPU", _files(OURS)
    cell = f"{mine:,} files, {mine / measure.median(runs[OURS]).cpu:,.0f} /s"
    if DUMB_PYPI not in runs:
        return Row(what, cell, f"{DUMB_PYPI}: absent", None, 0.8, at_least=True)
    theirs = _files(DUMB_PYPI)
    rate = theirs / measure.median(runs[DUMB_PYPI]).cpu
    ratio = mine / theirs / measure.ratio(runs[OURS], runs[DUMB_PYPI])
    other = f"{DUMB_PYPI}: {theirs:,} files, {rate:,.0f} /s"
    return Row(what, cell, other, ratio, 0.8, at_least=True)


def _files(name: str) -> int:
    return places.size(places.outputs() / name)[0]
