"""Read a catalog's git history: the dates of its files, and what changed when.

One pass over `git log` is enough for any number of files (hardening Q-31). Dates are committer
times of the first-parent line: a merge stands for everything it merged, a rename is a deletion and
an addition (product contract, 8). What was read can be stored, as a `HistoryState`: later, only the
commits that follow are read. Git is never asked about a file in the work tree, because it
would run the filters that the checkout configures (hardening R-18). Outside git, the history has no
dates, only a warning.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING

import msgspec

from catalogctl.errors import OutsideError
from catalogctl.problem import Problem
from catalogctl.source.blobs import blob_ids
from catalogctl.source.first_parents import (
    CommittedChanges,
    CommitTime,
    FileLife,
    FirstParentLine,
    fold,
)
from catalogctl.source.folder import MAX_LOCK_SIZE, Folder
from catalogctl.source.git import Git, lies_in_git
from catalogctl.source.git_log import LAST_TIME, is_on_line, read_log, read_times
from catalogctl.times import api_time
from catalogctl.wording import first_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

_ENDINGS = {"plugins": ".yaml", "versions": ".json"}
_DAY = 86_400
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Dates:
    """The times of a file's first and last commit, in the API's format.

    The first commit is the one that added the file after its last deletion. `has_changed` says that
    another one followed, whatever its time.
    """

    created_at: str
    updated_at: str
    has_changed: bool


class HistoryState(msgspec.Struct, frozen=True):
    """What a history knows of the commits up to `commit`, to be stored and read on from later.

    `time` is that commit's, in seconds; `folder` is the catalog's folder relative to the top of the
    repository; `line` is what the commits amount to.
    """

    commit: str
    time: int
    folder: str
    line: FirstParentLine


@dataclass(frozen=True, slots=True)
class History:
    """What git knows about a catalog.

    `dates` and `blobs` have the dates and the blob ids of the committed files, by their path in the
    catalog (`plugins/x.yaml`). `uncommitted` names the files on the disk that are new or differ
    from what was committed. `root` is the top of the work tree, None outside git; `commit` and
    `commit_time` are None without a commit.

    `state` is what to store to read on from `commit` later; None if nothing can be: outside git,
    without a commit, in a shallow clone, or if a file's name is not UTF-8. `since` is the commit
    that this history was read on from, None if it was read from its beginning. `changes` is what
    the commits after `since` changed, if that was asked for.
    """

    dates: Mapping[str, Dates] = field(default_factory=dict)
    blobs: Mapping[str, str] = field(default_factory=dict)
    root: Path | None = None
    commit: str | None = None
    commit_time: str | None = None
    warnings: tuple[str, ...] = ()
    uncommitted: frozenset[str] = frozenset()
    state: HistoryState | None = None
    since: str | None = None
    changes: CommittedChanges | None = None

    @property
    def is_told_by_its_commit(self) -> bool:
        """Whether another history of the same `commit` is the same: not so in a shallow clone."""
        return self.commit is None or self.state is not None


def read_history(  # noqa: PLR0913  (each can be left out)
    path: Path,
    *,
    state: HistoryState | None = None,
    with_changes: bool = False,
    files: Collection[str] | None = None,
    allow_shallow: bool = False,
    environ: Mapping[str, str] | None = None,
    clock: float | None = None,
) -> History:
    """Return the history of the catalog in the folder `path`.

    Only the commits after those of `state`, an earlier history's, are read, if its commit is still
    on the first-parent line of HEAD; else all are read, and the history's `since` is None.
    `with_changes` is for the journal. `files` are the paths, in the catalog, of the files to
    compare with what was committed; None means every plugin file and lock (`check_files` compares
    others later). `clock` is the current time in seconds: commits after it cause a warning, but it
    changes no date. Raise OutsideError, with what to do, if git is missing, the clone is shallow
    (unless `allow_shallow`), objects are missing, or another user owns the repository.
    """
    present = plugin_files(path) if files is None else frozenset(files)
    if not lies_in_git(path.resolve()):
        warning = f"{path} is not in a git repository: {_INSTEAD} is used for its dates"
        return History(warnings=(warning,), uncommitted=present)
    git = Git(path, environ)
    root, shallow = _place(git)
    warnings = [_shallow_warning(path, allow_shallow=allow_shallow)] if shallow else []
    head = _head(git)
    if head is None:
        warnings.append(f"{path} has no commit yet: {_INSTEAD} is used for its dates")
        return History(root=root, warnings=tuple(warnings), uncommitted=present)
    folder = git.folder.resolve().relative_to(root).as_posix()
    known = None if shallow else _usable(git, state, folder, head)
    changes = CommittedChanges([], {}) if with_changes else None
    line = _line(git, known, folder, head.id, changes)
    now = time.time() if clock is None else clock
    warnings.extend(_clock_warnings(line, head, now))
    history = History(
        dates=_dates(line.files),
        blobs={name: life.blob for name, life in line.files.items()},
        root=root,
        commit=head.id,
        commit_time=moment(head.time),
        warnings=tuple(warnings),
        state=None if shallow else _storable(HistoryState(head.id, head.time, folder, line)),
        since=None if known is None else known.commit,
        changes=changes,
    )
    return check_files(path, history, present)


def _usable(
    git: Git, state: HistoryState | None, folder: str, head: CommitTime
) -> HistoryState | None:
    """Return a stored state if the history of the catalog in `folder` goes on from it."""
    if state is None or state.folder != folder or not is_on_line(git, state.commit, head.id):
        return None
    return state


def _line(
    git: Git,
    known: HistoryState | None,
    folder: str,
    head: str,
    changes: CommittedChanges | None = None,
) -> FirstParentLine:
    """Return the line of the commit `head`, read on from a known state of it, if any.

    A catalog that is a folder among others is asked for by name: git then skips what is beside it.
    """
    revisions = (head,) if known is None else (head, f"^{known.commit}")
    if known is not None and known.commit == head:
        return known.line
    paths = () if folder == "." else (".",)
    commits = read_log(git, revisions, paths)
    before = FirstParentLine() if known is None else known.line
    return fold(before, commits, partial(read_times, git), changes)


def _storable(state: HistoryState) -> HistoryState | None:
    """Return a state, or None if it has text that is not UTF-8, so that it can't be stored."""
    try:
        "".join((state.folder, *state.line.files)).encode()
    except UnicodeEncodeError:
        return None
    return state


def _shallow_warning(path: Path, *, allow_shallow: bool) -> str:
    """Return the warning about a shallow clone. Raise OutsideError unless `allow_shallow`."""
    if allow_shallow:
        return (
            f"{path} is in a shallow clone: files older than it get the date of its oldest commit"
        )
    raise OutsideError(
        f"{path} is in a shallow clone, and the dates come from the whole history:"
        " fetch it (git fetch --unshallow; in CI fetch-depth: 0),"
        " or take what there is: build --allow-shallow"
    )


def check_files(path: Path, history: History, files: Collection[str]) -> History:
    """Return the history with those of `files` that are not as committed, and a warning about them.

    Without a commit, all of them are uncommitted, and the history has a warning already.
    """
    if history.commit is None:
        return replace(history, uncommitted=frozenset(files))
    return with_uncommitted(
        history, (name for name in files if not _is_committed(path, name, history))
    )


def with_uncommitted(history: History, files: Iterable[str]) -> History:
    """Return the history with these uncommitted files, and a warning about them.

    Without a commit, the history has a warning already.
    """
    uncommitted = frozenset(files)
    more = () if history.commit is None else _uncommitted_warning(uncommitted)
    return replace(history, uncommitted=uncommitted, warnings=(*history.warnings, *more))


def history_at(git: Git, root: Path, commit: str, before: History) -> History:
    """Return the history of a commit of a complete clone, without reading any file.

    `root` is the top of the work tree. Only the commits after those of `before`, an earlier
    history, are read, if this one goes on from it.
    """
    named = _named_commit(git.ask(*_ID_AND_TIME, commit, "--"))
    if named.id == before.commit:
        return before
    folder = git.folder.resolve().relative_to(root).as_posix()
    line = _line(git, _usable(git, before.state, folder, named), folder, named.id)
    return History(
        dates=_dates(line.files),
        blobs={path: life.blob for path, life in line.files.items()},
        commit=commit,
        commit_time=moment(named.time),
        state=HistoryState(named.id, named.time, folder, line),
    )


def work_tree(git: Git) -> Path:
    """Return the top of the work tree. Raise OutsideError if the clone is shallow."""
    root, shallow = _place(git)
    if shallow:
        raise OutsideError(
            f"{git.folder} is in a shallow clone: fetch the whole history first"
            " (git fetch --unshallow; in CI fetch-depth: 0)"
        )
    return root


def git_root(git: Git) -> Path:
    """Return the top of the work tree."""
    return _place(git)[0]


_INSTEAD = "SOURCE_DATE_EPOCH, else the clock,"


def moment(seconds: int) -> str:
    """Return a commit's time, given in seconds, in the API's format."""
    return api_time(datetime.fromtimestamp(min(max(seconds, 0), LAST_TIME), UTC))


def _place(git: Git) -> tuple[Path, bool]:
    """Return the top of the work tree, and whether the clone is shallow.

    Raise OutsideError in a bare repository.
    """
    answers = git.ask(
        "rev-parse", "--is-inside-work-tree", "--is-shallow-repository", "--show-cdup"
    ).decode("utf-8", "surrogateescape")
    inside, shallow, *up = answers.split("\n")
    if inside != "true":
        raise OutsideError(
            f"{git.folder} is in a bare git repository: check it out first"
            " (git worktree add FOLDER), and work there"
        )
    return (git.folder.resolve() / up[0]).resolve(), shallow == "true"


_ID_AND_TIME = ("log", "-1", "--format=%H %ct")


def _named_commit(answer: bytes) -> CommitTime:
    name, _, seconds = answer.decode("ascii").strip().partition(" ")
    return CommitTime(name, int(seconds) if seconds.isdigit() else 0)


def _head(git: Git) -> CommitTime | None:
    """Return the newest commit, or None if there is no commit yet."""
    code, answer, error = git.attempt(*_ID_AND_TIME, "HEAD", "--")
    if code == 0:
        return _named_commit(answer)
    unborn, _, _ = git.attempt("rev-parse", "--verify", "--quiet", "HEAD")
    is_branch, branch, _ = git.attempt("symbolic-ref", "--quiet", "HEAD")
    if unborn and is_branch == 0 and branch.startswith(b"refs/heads/"):
        return None
    return git.fail(error)


def _dates(files: Mapping[str, FileLife]) -> dict[str, Dates]:
    """Return the dates of each file; files with the same dates share one object."""
    shared = cache(
        lambda created, updated, has_changed: Dates(
            moment(created), moment(max(created, updated)), has_changed
        )
    )
    lives = files.items()
    return {path: shared(each.created, each.updated, each.has_changed) for path, each in lives}


def _is_committed(catalog: Path, path: str, history: History) -> bool:
    """Return whether a file on the disk has the content that the newest commit has."""
    blob = history.blobs.get(path)
    if blob is None:
        return False
    folder, _, name = path.rpartition("/")
    data = Folder(catalog, folder, folder).read(name, MAX_LOCK_SIZE)
    return not isinstance(data, Problem) and blob in blob_ids(data, blob)


def plugin_files(path: Path) -> frozenset[str]:
    """Return the paths, in the catalog, of the plugin files and locks on the disk."""
    paths: set[str] = set()
    for folder, ending in _ENDINGS.items():
        with suppress(OSError), os.scandir(path / folder) as entries:  # `source.folder` reports it
            names = (entry.name for entry in entries if entry.name.endswith(ending))
            paths.update(f"{folder}/{name}" for name in names)
    return frozenset(paths)


def _uncommitted_warning(files: frozenset[str]) -> Iterator[str]:
    if files:
        names = first_of(sorted(files), _SHOWN)
        verb = "are not committed as they stand"
        if len(files) == 1:
            verb = "is not committed as it stands"
        yield f"{names} {verb}: {_INSTEAD} is used for the last change"


def _clock_warnings(line: FirstParentLine, head: CommitTime, now: float) -> Iterator[str]:
    """Yield warnings about commits with a wrong clock, newest first (hardening R-16, Q-32)."""
    if head.time > now + _DAY:
        yield f"commit {head.id[:12]} is dated {moment(head.time)}, which is in the future"
    for commit in line.odd:
        name, used = commit.id[:12], moment(commit.time)
        yield f"commit {name} has an impossible date: {used} is used instead"
    if line.early:
        names = first_of([_dated(each) for each in line.early], _SHOWN)
        yield f"commits dated before 2015, so by a wrong clock: {names}"
    skews = [*line.skews, *line.late]
    if skews:
        pairs = [f"{_dated(each.commit)} before {_dated(each.follower)}" for each in skews]
        names = first_of(pairs, _SHOWN)
        yield f"commits dated after one that follows them, so by a wrong clock: {names}"


def _dated(commit: CommitTime) -> str:
    return f"{commit.id[:12]} ({moment(commit.time)})"
