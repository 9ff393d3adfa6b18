"""Find the dates of each file, and commits with a wrong clock, in the history of a branch.

The commits are those of the first-parent line, newest first (`git_log`). A file is as old as the
commit that added it there, after its last deletion if there was one (product contract, 8).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from catalogctl.source.git_log import Commit, CommittedChange

EARLIEST = 1_420_070_400
"""2015-01-01, in seconds: no commit of a catalog is older (hardening R-16)."""


@dataclass(slots=True)
class FileLife:
    """The times of a file's first and last commit on the line, in seconds.

    `blob` is the id of its content in the newest commit, or None if it is deleted there.
    """

    created: int
    updated: int
    blob: str | None
    is_complete: bool = False

    def add(self, change: CommittedChange, time: int) -> None:
        """Add an earlier commit of the file."""
        if change.after is None:
            self.is_complete = True
        elif not self.is_complete:
            self.created = time
            self.is_complete = change.before is None


@dataclass(slots=True)
class Lineage:
    """The result of walking the history of a branch.

    `lives` has every file that the line ever changed, `line` the commits, newest first.
    """

    lives: dict[str, FileLife] = field(default_factory=dict)
    line: list[Commit] = field(default_factory=list)

    def dates(self) -> Iterator[tuple[str, int, int]]:
        """Yield the path and the created and updated times, in seconds, of each existing file."""
        for path, life in self.lives.items():
            if life.blob is not None:
                yield path, life.created, max(life.created, life.updated)

    def early(self) -> list[Commit]:
        """Return the commits dated before `EARLIEST`."""
        return [commit for commit in self.line if commit.time < EARLIEST]

    def skews(self, times_of_others: Mapping[str, int]) -> Iterator[tuple[str, int, Commit]]:
        """Yield id, time and follower of each commit that is dated after the one following it.

        `times_of_others` has the times of the commits that were merged into the line (hardening
        R-16, Q-32).
        """
        for follower, commit in zip(self.line, self.line[1:], strict=False):
            if commit.time > follower.time:
                yield commit.id, commit.time, follower
        for merge in self.line:
            for name in merge.parents[1:]:
                time = times_of_others.get(name, merge.time)
                if time > merge.time:
                    yield name, time, merge


def trace(commits: Iterable[Commit]) -> Lineage:
    """Return the lineage of a branch's files from its commits, given newest first."""
    lineage = Lineage()
    for commit in commits:
        lineage.line.append(commit)
        for change in commit.changes:
            life = lineage.lives.get(change.path)
            if life is None:
                life = FileLife(commit.time, commit.time, change.after)
                lineage.lives[change.path] = life
            life.add(change, commit.time)
    return lineage
