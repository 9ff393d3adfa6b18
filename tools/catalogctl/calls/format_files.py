"""Format plugin files in the canonical layout."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl import schemas
from catalogctl.edit.canonical_layout import formatted
from catalogctl.errors import UsageError
from catalogctl.files import Replacement, replace_files
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.pool import spread
from catalogctl.source.document import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.problem import Problem


@dataclass(frozen=True, slots=True)
class Formatting:
    """The files that formatting changes, the number of files, and problems of unreadable files.

    Files are named as in reports.
    """

    changed: tuple[str, ...]
    files: int
    problems: tuple[Problem, ...]


def format_files(path: Path, paths: Sequence[Path], *, write: bool) -> Formatting:
    """Format the plugin files in `paths`, by default all of the catalog.

    Files are written only if `write` is true. A file that can't be read strictly is left alone and
    reported as a problem. Raise UsageError if a path contains no plugin file.
    """
    opened = open_catalog(path)
    names = _names(opened, paths)
    documents = list(spread(partial(_formatted, opened), names))
    changes = [change for change, _ in documents if change is not None]
    if write and changes:
        replace_files(path, changes)
    return Formatting(
        tuple(opened.plugin_folder.file(Path(each.path).name) for each in changes),
        len(names),
        tuple(sorted(problem for _, problems in documents for problem in problems)),
    )


def _formatted(opened: OpenCatalog, name: str) -> tuple[Replacement | None, tuple[Problem, ...]]:
    """Return the change that formatting makes to one file, if any, and the file's problems."""
    document = read(opened.plugin_folder, name)
    if document.problems:
        return None, document.problems
    before, after = document.data, formatted(document.data, schemas.fields("PluginFile"))
    return (Replacement(f"plugins/{name}", before, after) if after != before else None), ()


def _names(opened: OpenCatalog, paths: Sequence[Path]) -> list[str]:
    """Return the names of the plugin files in `paths`, in the order of the folder."""
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
