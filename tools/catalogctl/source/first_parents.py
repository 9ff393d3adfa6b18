"""Fold the commits of a branch into the dates of its files, and its commits with a wrong clock.

The commits are those of the first-parent line, oldest first (`git_log`). A file is as old as the
commit that added it there, after its last deletion if there was one (product contract, 8). What
has been folded is a `Line`, made of plain values only, so that it can be stored and the commits
that follow be added to it later: the result is the same as if all had been read at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from catalogctl.source.git_log import Commit

EARLIEST = 1_420_070_400
"""2015-01-01, in seconds: no commit of a catalog is older (hardening R-16)."""


class FileLife(msgspec.Struct, frozen=True, gc=False):
    """An existing file: the times of its first and last commit in seconds, and its blob id."""

    created: int
    updated: int
    blob: str


class CommitTime(msgspec.Struct, frozen=True, gc=False):
    """A commit and its committer's time, in seconds."""

    id: str
    time: int


class Skew(msgspec.Struct, frozen=True, gc=False):
    """A commit that is dated after one that follows it (hardening R-16, Q-32)."""

    commit: CommitTime
    follower: CommitTime


class LineCommit(msgspec.Struct, frozen=True, gc=False):
    """A commit of the line that changed the catalog; `time` is the committer's, in seconds."""

    id: str
    time: int
    subject: str
    is_merge: bool


class Version(msgspec.Struct, frozen=True, gc=False):
    """A state of a file: the number of the commit that led to it, and its blob id.

    None means that the commit deleted the file.
    """

    commit: int
    blob: str | None


class Line(msgspec.Struct, frozen=True):
    """The result of folding the commits of a first-parent line.

    `files` has the existing files by their path in the catalog, and `newest` is the last commit
    that changed the catalog. The others are the commits with a wrong clock, oldest first: `odd`
    have a time that no calendar has, `early` are dated before `EARLIEST`, `skews` are dated after
    the next one of the line, and `late` after the merge that brought them.
    """

    files: dict[str, FileLife] = {}
    newest: CommitTime | None = None
    odd: tuple[CommitTime, ...] = ()
    early: tuple[CommitTime, ...] = ()
    skews: tuple[Skew, ...] = ()
    late: tuple[Skew, ...] = ()


class Changes(msgspec.Struct, frozen=True):
    """What a part of a line changed, for the journal.

    `commits` are those that changed the catalog, oldest first. `versions` has each changed file's
    states, oldest first, beginning with the one before the part: its commit has the number -1.
    """

    commits: list[LineCommit] = []
    versions: dict[str, list[Version]] = {}


BEFORE = -1
"""The number of the commit of a state from before the part of a line that was read."""


def fold(
    line: Line,
    commits: Iterable[Commit],
    times_of: Callable[[list[str]], Mapping[str, int]],
    changes: Changes | None = None,
) -> Line:
    """Return a line with the commits that follow it, given oldest first.

    `times_of` returns the times of the commits that were merged into the line; unknown ones may
    be missing. What the commits changed is added to `changes`, if given.
    """
    files, newest = dict(line.files), line.newest
    odd, early, skews = [*line.odd], [*line.early], [*line.skews]
    brought: list[tuple[str, CommitTime]] = []
    for commit in commits:
        this = CommitTime(commit.id, commit.time)
        if commit.has_odd_time:
            odd.append(this)
        if this.time < EARLIEST:
            early.append(this)
        if newest is not None and newest.time > this.time:
            skews.append(Skew(newest, this))
        newest = this
        brought.extend((name, this) for name in reversed(commit.parents[1:]))
        if changes is not None:
            _note(changes, files, commit)
        _add(files, commit)
    times = times_of([name for name, _ in brought])
    late = [
        Skew(CommitTime(name, times[name]), merge)
        for name, merge in brought
        if times.get(name, merge.time) > merge.time
    ]
    late_ones = (*line.late, *late)
    return Line(files, newest, tuple(odd), tuple(early), tuple(skews), late_ones)


def _add(files: dict[str, FileLife], commit: Commit) -> None:
    """Add what a commit changed to the files that existed before it."""
    time = commit.time
    for path, _, after in commit.changes:
        if after is None:
            files.pop(path, None)
            continue
        known = files.get(path)
        files[path] = FileLife(time if known is None else known.created, time, after)


def _note(changes: Changes, files: Mapping[str, FileLife], commit: Commit) -> None:
    """Add a commit to the changes; `files` are those that existed before it."""
    number = len(changes.commits)
    is_merge = commit.is_merge
    changes.commits.append(LineCommit(commit.id, commit.time, commit.subject, is_merge))
    for path, _, after in commit.changes:
        versions = changes.versions.get(path)
        if versions is None:
            known = files.get(path)
            versions = [Version(BEFORE, None if known is None else known.blob)]
            changes.versions[path] = versions
        versions.append(Version(number, after))
