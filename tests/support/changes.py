"""A catalog in a real repository, with a branch to change it on, for tests of differences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.diff.compare import DiffOptions, compare
from support.catalogs import SETTINGS, plugin
from support.git import Repository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catalogctl.diff.difference import ChangedAnswers, Comparison, FileChange

A, B = "catalog/plugins/plugin-alpha.yaml", "catalog/plugins/plugin-second.yaml"
FILES = {
    A: plugin("plugin-alpha", tags="{icon: a}", maintainers="['@ann', '@acme/team']"),
    B: plugin("plugin-second", state="DISABLED"),
}


def repository(
    folder: Path, files: Mapping[str, str | bytes] | None = None, settings: str = SETTINGS
) -> Repository:
    """Return a repository with a catalog on main, and the branch side checked out."""
    made = Repository.new(folder)
    made.commit("Start", {"catalog/catalog.yaml": settings, **(FILES if files is None else files)})
    made.branch("side")
    return made


def changed(
    made: Repository, files: Mapping[str, str | bytes | None], actor: str | None = None
) -> Comparison:
    """Commit files on the branch and compare it with main."""
    made.commit("Change", files)
    return compared(made, actor)


def compared(
    made: Repository, actor: str | None = None, base: str = "main", head: str | None = None
) -> Comparison:
    """Compare the work tree, or a commit; files are named from the top of the repository."""
    folder = made.folder
    return compare(DiffOptions(folder / "catalog", base, actor, working=folder, head=head))


def answers_of(comparison: Comparison) -> ChangedAnswers:
    """Return the answers of a comparison, which are computed."""
    assert comparison.answers is not None
    return comparison.answers


def only(comparison: Comparison) -> FileChange:
    """Return the one change of a comparison."""
    (change,) = comparison.changes
    return change


def codes(change: FileChange) -> list[tuple[str, int]]:
    """Return code and line of each problem of a change."""
    return [(problem.code, problem.line) for problem in change.problems]
