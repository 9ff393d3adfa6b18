"""Find the dates of each file, and the clocks that were wrong, from the commits of a branch.

The commits are those of the first-parent line, newest first (`git_log`): a file is as old as
the commit that added it there, after its last deletion if there was one (product contract, 8).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from catalogctl.source.git_log import Commit, CommittedChange

EARLIEST = 1_420_070_400
"""2015-01-01: no commit of a catalog is older than that (hardening R-16)."""


@dataclass(slots=True)
class FileLife:
    """What the line tells of one file: seconds of its first and its last commit.

    `blob` is the id of its content in the newest commit, None when it is deleted there.
    """

    created: int
    updated: int
    blob: str | None
    is_complete: bool = False

    def add(self, change: CommittedChange, time: int) -> None:
        """Take an earlier commit of the file into account."""
        if change.after is None:
            self.is_complete = True
        elif not self.is_complete:
            self.created = time
            self.is_complete = change.before is None


@dataclass(slots=True)
class Lineage:
    """What a walk over the history of a branch finds.

    `lives` has every file that the line ever changed; `line` has the commits, newest first.
    """

    lives: dict[str, FileLife] = field(default_factory=dict)
    line: list[Commit] = field(default_factory=list)

    def dates(self) -> Iterator[tuple[str, int, int]]:
        """Yield path, created and updated of each file that there is, in seconds."""
        for path, life in self.lives.items():
            if life.blob is not None:
                yield path, life.created, max(life.created, life.updated)

    def early(self) -> list[Commit]:
        """Return the commits that are too old to be true."""
        return [commit for commit in self.line if commit.time < EARLIEST]

    def skews(self, times_of_others: Mapping[str, int]) -> Iterator[tuple[str, int, Commit]]:
        """Yield id and time of each commit that is dated after one that follows it, and that one.

        `times_of_others` are those of the commits that merges of the line brought (hardening R-16,
        Q-32).
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
    """Return what the commits of a branch tell of its files; the newest commit comes first."""
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
