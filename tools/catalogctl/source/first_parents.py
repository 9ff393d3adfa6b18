"""Compute the dates of files from the commits of a branch, and find commits with a wrong clock.

The commits are those of the first-parent line, newest first, as git lists them (`git_log`). A file
is as old as the commit that added it there, after its last deletion if there was one (product
contract, 8). What has been folded is a `FirstParentLine`, made of plain values only, so that it can
be stored and the commits that follow be added to it later: the result is the same as if all had
been read at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from catalogctl.source.git_log import Commit, CommittedChange

EARLIEST = 1_420_070_400
"""2015-01-01, in seconds: no commit of a catalog is older (hardening R-16)."""


class FileLife(msgspec.Struct, frozen=True, gc=False):
    """An existing file: the times of its first and last commit in seconds, and its blob id.

    `has_changed` says that these are two commits, which may have the same time.
    """

    created: int
    updated: int
    blob: str
    has_changed: bool


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


class FileVersion(msgspec.Struct, frozen=True, gc=False):
    """A state of a file: the commit that led to it, and its blob id, None if that deleted it.

    `commit` is the place of the commit in `CommittedChanges.commits`, counted from the end: -1 is
    the newest. It is `BEFORE` for the state before the first of these commits.
    """

    commit: int
    blob: str | None


class FirstParentLine(msgspec.Struct, frozen=True):
    """The result of folding the commits of a first-parent line.

    `files` has the existing files by their path in the catalog, and `newest` is the last commit
    that changed the catalog. The others are the commits with a wrong clock, newest first: `odd`
    have a time that no calendar has, `early` are dated before `EARLIEST`, `skews` are dated after
    the next one of the line, and `late` after the merge that brought them.
    """

    files: dict[str, FileLife] = {}
    newest: CommitTime | None = None
    odd: tuple[CommitTime, ...] = ()
    early: tuple[CommitTime, ...] = ()
    skews: tuple[Skew, ...] = ()
    late: tuple[Skew, ...] = ()


class CommittedChanges(msgspec.Struct, frozen=True):
    """What a part of a line changed, for the journal.

    `commits` are those that changed the catalog, oldest first. `versions` has each changed file's
    states, oldest first, beginning with the one before the part.
    """

    commits: list[LineCommit] = []
    versions: dict[str, list[FileVersion]] = {}


BEFORE = 0


@dataclass(slots=True)
class _Life:
    """A file's times and blob id in the part read so far; the part goes on to earlier commits."""

    created: int
    updated: int
    blob: str | None
    commits: int = 0
    is_complete: bool = False

    def add(self, change: CommittedChange, time: int) -> None:
        """Add an earlier commit of the file."""
        if change.after is None:
            self.is_complete = True
        elif not self.is_complete:
            self.created = time
            self.commits += 1
            self.is_complete = change.before is None


def fold(
    line: FirstParentLine,
    commits: Iterable[Commit],
    times_of: Callable[[list[str]], Mapping[str, int]],
    changes: CommittedChanges | None = None,
) -> FirstParentLine:
    """Return a line with the commits that follow it, given newest first.

    `times_of` returns the times of the commits that were merged into the line; unknown ones may
    be missing. What the commits changed is added to `changes`, if given.
    """
    lives: dict[str, _Life] = {}
    read: list[CommitTime] = []
    odd: list[CommitTime] = []
    brought: list[tuple[str, CommitTime]] = []
    for commit in commits:
        this = CommitTime(commit.id, commit.time)
        read.append(this)
        if commit.has_odd_time:
            odd.append(this)
        brought.extend((name, this) for name in commit.parents[1:])
        for change in commit.changes:
            life = lives.get(change.path)
            if life is None:
                life = lives[change.path] = _Life(this.time, this.time, change.after)
            life.add(change, this.time)
        if changes is not None:
            _note(changes, commit)
    if changes is not None:
        _finish(changes, line.files)
    before = () if line.newest is None else (line.newest,)
    pairs = pairwise((*read, *before))
    return FirstParentLine(
        _continued(line.files, lives),
        read[0] if read else line.newest,
        (*odd, *line.odd),
        (*(each for each in read if each.time < EARLIEST), *line.early),
        (*(Skew(old, new) for new, old in pairs if old.time > new.time), *line.skews),
        (*_late(brought, times_of([name for name, _ in brought])), *line.late),
    )


def _continued(files: Mapping[str, FileLife], lives: Mapping[str, _Life]) -> dict[str, FileLife]:
    """Return the existing files after a part of the line, from those before it."""
    continued = dict(files)
    for path, life in lives.items():
        known = files.get(path)
        if life.blob is None:
            continued.pop(path, None)
        else:
            earlier = None if life.is_complete else known
            created = life.created if earlier is None else earlier.created
            has_changed = life.commits > 1 or earlier is not None
            continued[path] = FileLife(created, life.updated, life.blob, has_changed)
    return continued


def _late(brought: Iterable[tuple[str, CommitTime]], times: Mapping[str, int]) -> Iterator[Skew]:
    for name, merge in brought:
        time = times.get(name, merge.time)
        if time > merge.time:
            yield Skew(CommitTime(name, time), merge)


def _note(changes: CommittedChanges, commit: Commit) -> None:
    """Add an earlier commit to the changes, which are newest first until they are finished."""
    changes.commits.append(LineCommit(commit.id, commit.time, commit.subject, commit.is_merge))
    place = -len(changes.commits)
    for path, _, after in commit.changes:
        changes.versions.setdefault(path, []).append(FileVersion(place, after))


def _finish(changes: CommittedChanges, files: Mapping[str, FileLife]) -> None:
    """Put the changes in their final order; `files` existed before them."""
    changes.commits.reverse()
    for path, versions in changes.versions.items():
        known = files.get(path)
        versions.append(FileVersion(BEFORE, None if known is None else known.blob))
        versions.reverse()
