"""Measure publishing a catalog of 10,000 plugins: catalogctl, hugo, and dumb-pypi.

hugo writes an HTML page and a JSON file for each plugin from the same data, without any list;
catalogctl writes these and the lists, facets, index, hashes, and the rest of its tree, with dates
from 1,000 commits. dumb-pypi writes three small files for each of 10,000 packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import hugo_site, measure, peers, places
from benchmarks.measure import Command
from benchmarks.table import Row, number, render, took

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGES = 10_000


def ours(catalog: Path) -> Command:
    """Return the command that publishes a catalog to an empty folder."""
    out = places.outputs() / "catalogctl"
    command = (peers.catalogctl(), "build", "--catalog", catalog, "--out", out)
    return Command(command, before=lambda: _clear("catalogctl"), reads=catalog)


def _clear(name: str) -> None:
    places.fresh(name)


def hugo(catalog: Path) -> Command | None:
    """Return hugo's command for the same data; None if hugo is not available."""
    program = peers.hugo()
    if program is None:
        return None
    source = places.fresh("hugo-source")
    hugo_site.write(source, catalog)
    options = ("--source", source, "--destination", places.outputs() / "hugo", "--quiet")
    return Command((program, *options), before=lambda: _clear("hugo"), reads=source)


def dumb_pypi() -> Command:
    """Return dumb-pypi's command for 10,000 packages with one version each: 30,000 small files."""
    names = places.outputs() / "packages.txt"
    names.write_text(
        "".join(f"benchmark_package_{number:05d}-1.0.0.tar.gz\n" for number in range(PACKAGES)),
        encoding="utf-8",
    )
    out = places.outputs() / "dumb-pypi"
    options = ("--package-list", names, "--output-dir", out, "--packages-url", "../../files/")
    return Command((peers.from_pypi("dumb-pypi"), *options), before=lambda: _clear("dumb-pypi"))


def table(rounds: int, *, large: bool) -> str:
    """Return the table of `build`."""
    where = "tmpfs" if places.on_tmpfs() else "the disk"
    note = f"All of them write to {where}, into an empty folder."
    return render("build", list(_rows(rounds, large=large)), (note,))


def _rows(rounds: int, *, large: bool) -> Iterator[Row]:
    catalog = places.catalog(10_000)
    mine, peer, pypi = ours(catalog), hugo(catalog), dumb_pypi()
    commands = {"": mine, "dumb-pypi": pypi, **({"hugo": peer} if peer is not None else {})}
    runs = measure.alternating(commands, rounds)
    cell = took(measure.median(runs[""]))
    memory = measure.peak_memory(mine)
    if peer is not None:
        ratio = measure.ratio(runs[""], runs["hugo"])
        their_cell = "hugo: " + took(measure.median(runs["hugo"]))
        yield Row("10,000 plugins, CPU", cell, their_cell, ratio, 0.8)
        theirs = measure.peak_memory(peer)
        cells = (f"{number(memory)} MB", f"hugo: {number(theirs)} MB")
        yield Row("10,000, peak memory of all processes", *cells, memory / theirs, 0.4)
    files, pypi_files = _files("catalogctl"), _files("dumb-pypi")
    ratio = files / pypi_files / measure.ratio(runs[""], runs["dumb-pypi"])
    rates = (
        _rate(files, measure.median(runs[""]).cpu),
        "dumb-pypi: " + _rate(pypi_files, measure.median(runs["dumb-pypi"]).cpu),
    )
    yield Row("files published per second of CPU", *rates, ratio, 0.8, at_least=True)
    if large:
        yield from _large(mine)


def _files(name: str) -> int:
    return places.size(places.outputs() / name)[0]


def _rate(files: int, cpu: float) -> str:
    return f"{files:,} files, {files / cpu:,.0f} /s"


def _large(small: Command) -> Iterator[Row]:
    catalog = places.catalog(100_000)
    large = ours(catalog)
    runs = measure.alternating({"large": large, "small": small}, 1)
    ratio = measure.ratio(runs["large"], runs["small"])
    cells = (took(runs["large"][0]), "10,000: " + took(runs["small"][0]))
    yield Row("100,000 against 10,000, CPU", *cells, ratio, 12.0)
    memory = measure.peak_memory(large)
    what = "100,000, peak memory of all processes"
    yield Row(what, f"{number(memory)} MB", "", memory, 600.0, " MB")
