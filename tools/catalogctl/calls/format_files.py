"""Find what the canonical layout changes in plugin files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl import schemas
from catalogctl.edit.canonical_layout import formatted
from catalogctl.errors import UsageError
from catalogctl.files import Replacement
from catalogctl.pipeline.pool import spread
from catalogctl.source.document import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.problem import Problem


@dataclass(frozen=True, slots=True)
class Formatting:
    """What the layout changes, how many files were read, and what kept it from reading others."""

    changes: tuple[Replacement, ...]
    files: int
    problems: tuple[Problem, ...]


def formatting(opened: OpenCatalog, paths: Sequence[Path]) -> Formatting:
    """Return what changes in the plugin files that `paths` name; without any, in all files.

    A file that can't be read strictly is left alone, and is a problem. UsageError for a path that
    names no plugin file.
    """
    changes: list[Replacement] = []
    problems: list[Problem] = []
    names = _names(opened, paths)
    for change, found in spread(lambda name: _formatted(opened, name), names):
        problems.extend(found)
        if change is not None:
            changes.append(change)
    return Formatting(tuple(changes), len(names), tuple(sorted(problems)))


def _formatted(opened: OpenCatalog, name: str) -> tuple[Replacement | None, tuple[Problem, ...]]:
    """Return what the layout changes in one file, and what is wrong with it."""
    document = read(opened.plugin_folder, name)
    if document.problems:
        return None, document.problems
    before, after = document.data, formatted(document.data, schemas.fields("PluginFile"))
    return (Replacement(f"plugins/{name}", before, after) if after != before else None), ()


def _names(opened: OpenCatalog, paths: Sequence[Path]) -> list[str]:
    """Return the names of the plugin files that paths name, in the order of the folder."""
    folder = Path(os.path.realpath(opened.plugin_folder.path))
    wanted: set[str] = set()
    for path in paths:
        real = Path(os.path.realpath(path.parent), path.name)
        below = [each for each in opened.plugins.names if real in (folder, *folder.parents)]
        if real.parent == folder and real.name in opened.plugins.names:
            below = [real.name]
        if not below:
            raise UsageError(f"{path} is not a plugin file of this catalog, nor a folder with some")
        wanted.update(below)
    return [name for name in opened.plugins.names if name in wanted or not paths]
