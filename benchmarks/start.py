"""Measure small commands, compared with a Python that only imports click.

`get` reads one plugin; `validate`, `diff`, and `update` have one changed file to look at, in a
catalog that has been built.
"""

from __future__ import annotations

import shutil
import sys
from functools import partial
from typing import TYPE_CHECKING

from benchmarks import measure, ours, places
from benchmarks.edits import EditedCatalog
from benchmarks.measure import Command
from benchmarks.table import Row, against

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.scope import Scope

CLICK = "import click"
FEW = 26
MORE_ROUNDS = 5
"""The factor by which starts are run more often, since each takes only milliseconds.

A single round stays one.
"""


def click() -> Command:
    """Return the command that all others are compared with."""
    return Command((sys.executable, "-c", CLICK))


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the rows of commands that need one plugin at most."""
    many = f"{scope.plugins:,}"
    catalogs = {f"{FEW}": places.catalog(FEW), many: places.catalog(scope.plugins)}
    cache, tree = places.fresh("cache"), places.fresh("tree")
    commands = {"--version": ours.warm("--version", cache=cache)}
    for count, catalog in catalogs.items():
        built = tree / count
        measure.run(ours.warm("build", "--catalog", catalog, "--out", built, cache=cache))
        get = ("get", _some_plugin(catalog))
        commands |= {
            f"get ID, tree of {count}": ours.warm(*get, "--from", built, cache=cache),
            f"get ID, catalog of {count}": ours.warm(*get, "--catalog", catalog, cache=cache),
        }
    yield from _compared(commands, _more(scope.rounds), 2.0, 1.5)
    shutil.rmtree(tree)


def one_file_rows(scope: Scope) -> Iterator[Row]:
    """Yield the rows of commands that look at one changed file."""
    folder = places.fresh("one-file")
    edited = EditedCatalog.clone(places.catalog(scope.plugins), folder / "clone", scope.plugins)
    cache, catalog = folder / "cache", ("--catalog", edited.catalog)
    measure.run(ours.warm("build", *catalog, "--out", folder / "public", cache=cache))
    warm = partial(ours.warm, cache=cache, before=partial(_change_one, edited))
    update = ("update", _some_plugin(edited.catalog), "--description", "Says what it does")
    commands = {
        f"validate, {scope.plugins:,}, one file": warm("validate", *catalog),
        f"diff, {scope.plugins:,}, one file": warm("diff", "--base", "HEAD", *catalog),
        f"update, {scope.plugins:,}": ours.warm(
            *update, *catalog, cache=cache, before=partial(_undo, edited)
        ),
    }
    yield from _compared(commands, scope.rounds, 14.0, 8.0)
    shutil.rmtree(folder)


def _compared(commands: dict[str, Command], rounds: int, must: float, aim: float) -> Iterator[Row]:
    runs = measure.alternating({CLICK: click(), **commands}, rounds)
    for name in commands:
        yield against(runs, name, CLICK, what=f"{name}, CPU", limits=(must, aim))


def _more(rounds: int) -> int:
    return rounds * MORE_ROUNDS if rounds > 1 else 1


def _some_plugin(catalog: Path) -> str:
    return min((catalog / "plugins").iterdir()).stem


def _undo(edited: EditedCatalog) -> None:
    """Commit what the last run left, and undo an update that would have nothing to do."""
    file = edited.catalog / f"plugins/{_some_plugin(edited.catalog)}.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("Says what it does", "Says nothing"), encoding="utf-8")
    edited.commit("Change a text")


def _change_one(edited: EditedCatalog) -> None:
    edited.commit("Change a text")
    edited.change_text()
