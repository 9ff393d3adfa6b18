"""Read source lines for reports, and name files as a hosting service does."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.picture_formats import ENDINGS
from catalogctl.problem import Problem
from catalogctl.source.folder import MAX_YAML_SIZE, Folder, label_of
from catalogctl.source.secret_places import lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalogctl.cli.output import LineOf
    from catalogctl.redaction import Line

FOR_HOSTS = frozenset({"github", "sarif"})
"""Formats with file names relative to the repository, wherever the command was run."""


def named_for_hosts(
    problems: Iterable[Problem], catalog: Path, environ: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Return problems with their files named relative to the top of the checkout.

    The top is GITHUB_WORKSPACE, else that of the git repository. A file outside both keeps its
    name, which is relative to the working directory.
    """
    workspace = environ.get("GITHUB_WORKSPACE", "")
    tops = [os.path.realpath(top) for top in (workspace, _git_top(catalog)) if top]
    return tuple(sorted(replace(each, file=_from_top(each.file, tops)) for each in problems))


def _git_top(catalog: Path) -> Path | None:
    """Return the top of the work tree that contains a catalog; None outside git."""
    folder = Path(os.path.realpath(catalog))
    return next(
        (above for above in (folder, *folder.parents) if os.path.lexists(above / ".git")), None
    )


def _from_top(file: str, tops: Iterable[str]) -> str:
    """Return a file's name relative to the first top that contains it, without following it."""
    folder, name = os.path.split(os.path.abspath(file))  # noqa: PTH100  (links are not followed)
    path = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118
    for top in tops:
        if path.startswith(os.path.join(top, "")):  # noqa: PTH118
            return os.path.relpath(path, top)
    return file


def source_line(file: str, line: int) -> Line | None:
    """Return a line of a file; None if it doesn't exist, can't be read, or is a picture."""
    if file.rpartition(".")[2] in ENDINGS:
        return None
    return _numbered(_lines(file), line)


def _numbered(every: list[Line], line: int) -> Line | None:
    return every[line - 1] if 0 < line <= len(every) else None


def lines_after(overlay: Mapping[str, bytes | None], folder: Path) -> LineOf:
    """Return a function like `source_line` for a catalog's files after a planned change.

    `overlay` contains the changed files by their paths in the catalog, or a request by its name.
    """
    label = label_of(folder, Path.cwd())
    changed = {f"{label}/{path}" if label else path: data for path, data in overlay.items()}
    texts = {**overlay, **changed}

    def line_of(file: str, line: int) -> Line | None:
        if file not in texts:
            return source_line(file, line)
        return _numbered(lines(texts[file] or b""), line)

    return line_of


def committed_line(catalog: Path, revision: str) -> LineOf:
    """Return a function like `source_line` for files as they are in a commit."""
    from catalogctl.errors import OutsideError
    from catalogctl.source.blobs import read_blobs
    from catalogctl.source.git import Git

    top = os.path.realpath(_git_top(catalog) or catalog)

    @lru_cache(maxsize=8)
    def lines_at(file: str) -> list[Line]:
        path = _from_top(file, [top])
        if "\n" in path:
            return []
        try:
            (data,) = read_blobs(Git(catalog), [f"{revision}:{path}"])
        except OutsideError:  # the commit doesn't contain the file
            return []
        return lines(data or b"")

    return lambda file, line: _numbered(lines_at(file), line)


@lru_cache(maxsize=8)
def _lines(file: str) -> list[Line]:
    path = Path(file)
    data = Folder(path.parent, "", "").read(path.name, MAX_YAML_SIZE)
    return [] if isinstance(data, Problem) else lines(data)
