"""Measure building a catalog after one change, compared with building it cold, in turn."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING

from benchmarks import measure, ours, places
from benchmarks.edits import EditedCatalog
from benchmarks.table import Row, against

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.scope import Scope

COLD, TEXT, GONE, SAME = "cold", "a tag's text", "plugin gone", "nothing"
ROWS = {
    TEXT: ("a tag's text changed", 0.25, 0.12),
    GONE: ("one plugin gone", 0.25, 0.12),
    SAME: ("nothing changed", 0.1, 0.06),
}
"""What each row says, and its limits."""


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the rows of a build after one change, for each size."""
    for plugins in scope.sizes:
        folder = places.fresh("change")
        edited = EditedCatalog.clone(places.catalog(plugins), folder / "repository", plugins)
        tree, cache = folder / "public", folder / "cache"
        argv = ("build", "--catalog", edited.catalog, "--out", tree)
        commands = {
            COLD: ours.cold("build", edited.catalog, out=folder / COLD),
            SAME: ours.warm(*argv, cache=cache),
            TEXT: ours.warm(*argv, cache=cache, before=partial(edited.change, TEXT)),
            GONE: ours.warm(*argv, cache=cache, before=partial(edited.change, GONE)),
        }
        for name in (SAME, TEXT):  # the cache and both trees are there from the second build on
            measure.run(commands[name])
        runs = measure.alternating(commands, scope.rounds_of(plugins))
        for name, (words, must, aim) in ROWS.items():
            what = f"build {plugins:,}, {words}, CPU"
            yield against(runs, name, COLD, what=what, limits=(must, aim))
        shutil.rmtree(folder)
