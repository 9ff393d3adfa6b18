"""Measure checking a catalog of 10,000 plugins: catalogctl and three JSON Schema checkers.

All of them check the same YAML files against the same schema. The peers stop there; catalogctl also
applies its rules, compares the files with each other, and reads and checks 10,000 locks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import measure, peers, places
from benchmarks.measure import Command
from benchmarks.table import Row, number, render, took

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = peers.ROOT / "schemas" / "PluginFile.schema.json"
CHECK_JSONSCHEMA, AJV, SOURCEMETA = "check-jsonschema", "ajv-cli", "@sourcemeta/jsonschema"
MUST = {CHECK_JSONSCHEMA: 20.0, AJV: 1.3, SOURCEMETA: 3.0}
NOTE = (
    "catalogctl reads 20,000 files here (a lock for each plugin), the peers 10,000. Each parses"
    " the YAML itself. check-jsonschema gets all files in one call; ajv-cli runs with"
    " `--spec=draft2020`, @sourcemeta/jsonschema with `--fast`, its fastest mode."
)


def ours(catalog: Path, *, code: int = 0) -> Command:
    """Return the command that checks a complete catalog."""
    command = (peers.catalogctl(), "validate", "--catalog", catalog, "--all")
    return Command(command, codes=(code,), reads=catalog)


def theirs(catalog: Path) -> dict[str, Command]:
    """Return the commands of the available peers for the plugin files of a catalog."""
    plugins = catalog / "plugins"
    names = sorted(path.name for path in plugins.iterdir())
    checker = peers.from_pypi("check-jsonschema")
    command: tuple[str | Path, ...] = (checker, "--schemafile", SCHEMA, *names)
    found = {CHECK_JSONSCHEMA: Command(command, cwd=plugins, reads=plugins)}
    ajv = peers.from_npm("ajv")
    if ajv is not None:
        options = ("--spec=draft2020", "--strict=false", "--validate-formats=false")
        command = (ajv, "validate", *options, "-s", SCHEMA, "-d", plugins / "*.yaml")
        found[AJV] = Command(command, reads=plugins)
    sourcemeta = peers.from_npm("jsonschema")
    if sourcemeta is not None:
        options = ("--fast", "--extension", ".yaml")
        command = (sourcemeta, "validate", *options, SCHEMA, plugins)
        found[SOURCEMETA] = Command(command, reads=plugins)
    return found


def table(rounds: int, *, large: bool) -> str:
    """Return the table of `validate`."""
    return render("validate", list(_rows(rounds, large=large)), (NOTE,))


def _rows(rounds: int, *, large: bool) -> Iterator[Row]:
    catalog = places.catalog(10_000)
    runs = measure.alternating({"": ours(catalog), **theirs(catalog)}, rounds)
    mine = took(measure.median(runs[""]))
    for name, must in MUST.items():
        if name not in runs:
            continue
        ratio = measure.ratio(runs[""], runs[name])
        turned = name == CHECK_JSONSCHEMA
        what = f"10,000 plugins, CPU, {'less than' if turned else 'against'} {name}"
        peer = took(measure.median(runs[name]))
        yield Row(what, mine, peer, 1 / ratio if turned else ratio, must, at_least=turned)
    memory = measure.peak_memory(ours(catalog))
    yield Row(
        "10,000, peak memory of all processes", f"{number(memory)} MB", "", memory, None, " MB"
    )
    yield _bad(catalog, rounds)
    if large:
        yield from _large(catalog)


def _bad(clean: Path, rounds: int) -> Row:
    bad = places.catalog(10_000, bad=0.01)
    runs = measure.alternating({"bad": ours(bad, code=1), "clean": ours(clean)}, rounds)
    ratio = measure.ratio(runs["bad"], runs["clean"])
    cells = (took(measure.median(runs["bad"])), "clean: " + took(measure.median(runs["clean"])))
    return Row("1 % of 10,000 bad, each problem placed, CPU", *cells, ratio, 1.3)


def _large(small: Path) -> Iterator[Row]:
    large = places.catalog(100_000)
    runs = measure.alternating({"large": ours(large), "small": ours(small)}, 1)
    ratio = measure.ratio(runs["large"], runs["small"])
    cells = (took(runs["large"][0]), "10,000: " + took(runs["small"][0]))
    yield Row("100,000 against 10,000, CPU", *cells, ratio, 12.0)
    memory = measure.peak_memory(ours(large))
    what = "100,000, peak memory of all processes"
    yield Row(what, f"{number(memory)} MB", "", memory, 150.0, " MB")
