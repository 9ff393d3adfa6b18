"""Measure checking a whole catalog: catalogctl and three JSON Schema checkers.

All of them check the same YAML files against the same schema, each parses the YAML itself, and
each gets all files in one call. The peers stop there; catalogctl also applies its rules, compares
the files with each other, and reads and checks a lock for each plugin.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks import measure, ours, peers, places
from benchmarks.measure import Command, number
from benchmarks.table import Row, absent, against

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.scope import Scope

SCHEMA = peers.ROOT / "schemas" / "PluginFile.schema.json"
CHECK_JSONSCHEMA, AJV, SOURCEMETA = "check-jsonschema", "ajv-cli", "@sourcemeta/jsonschema"
OURS = "catalogctl"


def cold(catalog: Path, *, code: int = 0) -> Command:
    """Return the command that checks a whole catalog."""
    return ours.cold("validate", catalog, "--all", codes=(code,))


def theirs(catalog: Path) -> dict[str, Command]:
    """Return the commands of the available peers for the plugin files of a catalog."""
    plugins = catalog / "plugins"
    names = sorted(path.name for path in plugins.iterdir())
    found = {}
    checker = peers.from_pypi("check-jsonschema")
    if checker is not None:
        command: tuple[str | Path, ...] = (checker, "--schemafile", SCHEMA, *names)
        found[CHECK_JSONSCHEMA] = Command(command, cwd=plugins, reads=plugins)
    ajv = peers.from_npm("ajv")
    if ajv is not None:
        options = ("--spec=draft2020", "--strict=false", "--validate-formats=false")
        command = (ajv, "validate", *options, "-s", SCHEMA, "-d", plugins / "*.yaml")
        found[AJV] = Command(command, reads=plugins)
    sourcemeta = peers.from_npm("jsonschema")
    if sourcemeta is not None:  # --fast is its fastest mode
        options = ("--fast", "--extension", ".yaml")
        command = (sourcemeta, "validate", *options, SCHEMA, plugins)
        found[SOURCEMETA] = Command(command, reads=plugins)
    return found


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the rows of checking a whole catalog."""
    catalog = places.catalog(scope.plugins)
    runs = measure.alternating({OURS: cold(catalog), **theirs(catalog)}, scope.rounds)
    what = f"validate {scope.plugins:,} cold, CPU"
    yield _less_than(runs, what=f"{what}: less than {CHECK_JSONSCHEMA} by")
    yield against(runs, OURS, AJV, what=f"{what}: against {AJV}", limits=(1.5, 1.3))
    yield against(runs, OURS, SOURCEMETA, what=f"{what}: against {SOURCEMETA}", limits=(3.0, None))
    memory = measure.peak_memory(cold(catalog))
    what = f"validate {scope.plugins:,}, peak memory"
    yield Row(what, f"{number(memory)} MB", "", memory, unit=" MB")


def _less_than(runs: dict[str, list[measure.Usage]], *, what: str) -> Row:
    """Return the row that says how many times as much CPU check-jsonschema takes."""
    mine = str(measure.median(runs[OURS]))
    if CHECK_JSONSCHEMA not in runs:
        return replace(absent(what, mine, CHECK_JSONSCHEMA, 14.0, 16.0), at_least=True)
    cell = f"{CHECK_JSONSCHEMA}: {measure.median(runs[CHECK_JSONSCHEMA])}"
    ratio = measure.ratio(runs[CHECK_JSONSCHEMA], runs[OURS])
    return Row(what, mine, cell, ratio, 14.0, 16.0, at_least=True)


def bad_rows(scope: Scope) -> Iterator[Row]:
    """Yield the row of a catalog in which one file in a hundred is wrong."""
    clean, bad = places.catalog(scope.plugins), places.catalog(scope.plugins, bad=0.01)
    commands = {"1 % bad": cold(bad, code=1), "none bad": cold(clean)}
    runs = measure.alternating(commands, scope.rounds)
    what = f"validate {scope.plugins:,}, 1 % bad, each problem placed, CPU"
    yield against(runs, "1 % bad", "none bad", what=what, limits=(1.3, 1.1))
