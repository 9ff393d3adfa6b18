"""Find the commit to compare a branch with, what changed since, and the catalog at that commit.

Nothing is checked out and nothing in a commit is run: the catalog of a commit is written from git's
objects into a folder that the caller provides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import cause
from catalogctl.source.blobs import read_blobs
from catalogctl.source.folder import IMPORTED_FILE, MAX_LOCK_SIZE, SETTINGS_FILE
from catalogctl.source.git import texts
from catalogctl.source.git_log import RAW, raw_change
from catalogctl.source.side_files import is_side_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from catalogctl.source.git import Git

_FOLDERS = ("plugins", "versions", "queries", "docs", "icons", "site", "upstream")
_FILES = (SETTINGS_FILE, IMPORTED_FILE)
_SYMBOLIC_LINK = "120000"
_SUBMODULE = "160000"
_ASKED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that differs from the base; `path` is relative to the top of the repository.

    `before` is the id of its blob in the base, or None; `exists` is whether it exists now.
    """

    path: str
    before: str | None
    exists: bool


@dataclass(frozen=True, slots=True)
class Base:
    """What a branch is compared with.

    `tip` is the commit that the base's name refers to now, `commit` the one where the branch
    diverged from it. `notes` say why the comparison may be inexact.
    """

    tip: str
    commit: str
    notes: tuple[str, ...] = ()


def commit_of(git: Git, revision: str, option: str) -> str:
    """Return the id of the commit that a revision names. Raise UsageError if it names none."""
    code, answer, _ = git.attempt(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if code:
        raise UsageError(
            f"{option} {revision} names no commit here: fetch it first, as in git fetch origin main"
        )
    return answer.decode("ascii").strip()


def find_base(git: Git, revision: str, head: str = "HEAD") -> Base:
    """Return the commit where the branch that ends at `head` diverged from `revision`.

    Raise UsageError if `revision` does not exist, OutsideError if there is no common ancestor.
    """
    tip = commit_of(git, revision, "--base")
    code, answer, error = git.attempt("merge-base", "--all", head, tip)
    if code:
        if error.strip():
            git.fail(error)
        raise OutsideError(f"the branch and {revision} have no common ancestor: rebase the branch")
    bases = answer.decode("ascii").split()
    notes = [*_several(bases, revision), *_not_a_parent(git, bases, revision, head)]
    return Base(tip, bases[0], tuple(notes))


def _several(bases: list[str], revision: str) -> Iterator[str]:
    """Yield a note if there is more than one commit to compare with."""
    if len(bases) > 1:
        yield (
            f"there are {len(bases)} merge bases with {revision}"
            f" ({', '.join(each[:12] for each in bases)}), because the branches were merged into"
            f" each other: {bases[0][:12]} is taken, so some of what {revision} has already may be"
            " named as this branch's"
        )


def _not_a_parent(git: Git, bases: list[str], revision: str, head: str) -> Iterator[str]:
    """Yield a note if `head` is a merge and the base is not one of its parents.

    CI checks out a merge that its host created, and commits of the base came with its first parent.
    """
    ids = git.ask("rev-list", "--parents", "-n", "1", head, "--").decode("ascii")
    commit, *parents = ids.split()
    if len(parents) > 1 and bases[0] not in {commit, *parents}:
        yield (
            f"{head if head == 'HEAD' else head[:12]} is a merge, and {revision} is not its first"
            f" parent ({parents[0][:12]}): commits of that parent count as this branch's (if CI"
            " checked out the merge of a pull request, compare with --base HEAD^1)"
        )


def changed_files(git: Git, base: str, head: str | None = None) -> list[ChangedFile]:
    """Return every file of the repository that differs from the base, sorted by path.

    The base is compared with the commit `head`, or with the work tree, untracked files of the
    catalog included.
    """
    sides = (base,) if head is None else (base, head)
    tokens = texts(git.ask_about_work_tree("diff", *RAW, "--no-relative", *sides, "--"))
    changes = (raw_change(*pair) for pair in zip(tokens[::2], tokens[1::2], strict=False))
    files = {
        path: ChangedFile(path, before, exists=after is not None) for path, before, after in changes
    }
    for path in _untracked(git) if head is None else ():
        known = files[path].before if path in files else None
        files[path] = ChangedFile(path, known, exists=True)
    return sorted(files.values(), key=lambda each: each.path)


def ignored_files(git: Git) -> list[str]:
    """Return the untracked files of the catalog that git ignores, by path in the catalog."""
    ignored = ("--others", "--ignored", "--exclude-standard", "-z")
    return texts(git.ask("ls-files", *ignored, "--", *_FOLDERS, *_FILES))


def _untracked(git: Git) -> Iterator[str]:
    paths = texts(git.ask("ls-files", "--others", "--exclude-standard", "--full-name", "-z"))
    return (path for path in paths if not is_side_file(path.rpartition("/")[2]))


class _Entry(NamedTuple):
    """A file of a commit: its mode, its blob's id, its size in bytes, its path in the catalog."""

    mode: str
    blob: str
    size: int
    path: str


def write_committed(
    git: Git, commit: str, folder: Path, places: Collection[str] | None = None
) -> None:
    """Write the catalog of a commit into an empty folder. Raise OutsideError if that fails.

    With `places`, only these files and folders, by path in the catalog, are written.
    What is not a regular file keeps its type: a symbolic link leads nowhere, a submodule is an
    empty folder, and a file over the limit is a sparse file of its size.
    """
    entries = list(_entries(git, commit, (*_FOLDERS, *_FILES) if places is None else places))
    plain = [each for each in entries if each.mode not in {_SYMBOLIC_LINK, _SUBMODULE}]
    try:
        for each in entries:
            (folder / each.path).parent.mkdir(parents=True, exist_ok=True)
            if each.mode == _SYMBOLIC_LINK:
                (folder / each.path).symlink_to("nowhere")
            elif each.mode == _SUBMODULE:
                (folder / each.path).mkdir()
        blobs = read_blobs(git, [each.blob for each in plain], MAX_LOCK_SIZE)
        for each, data in zip(plain, blobs, strict=True):
            with (folder / each.path).open("xb") as file:
                file.write(data or b"")
                file.truncate(each.size)
    except OSError as error:
        raise OutsideError(
            f"can't write {error.filename or folder}: {cause(error)}"
            " (TMPDIR names another folder for temporary files)"
        ) from error


def read_committed(git: Git, commit: str, paths: Collection[str]) -> Mapping[str, bytes]:
    """Return the content of these files in a commit, by their path in the catalog."""
    entries = [each for each in _entries(git, commit, paths) if each.path in paths]
    blobs = read_blobs(git, [each.blob for each in entries])
    return {each.path: data for each, data in zip(entries, blobs, strict=True) if data is not None}


def _entries(git: Git, commit: str, places: Collection[str]) -> Iterator[_Entry]:
    """Yield the catalog's files in a commit at or below `places`.

    Skip invalid names, which a handmade tree may have.
    """
    wanted = sorted(places)
    for start in range(0, len(wanted), _ASKED_AT_ONCE):
        some = wanted[start : start + _ASKED_AT_ONCE]
        for line in texts(git.ask("ls-tree", "-r", "-l", "-z", commit, "--", *some)):
            meta, _, path = line.partition("\t")
            mode, _, blob, size = meta.split()
            if not {"", ".", ".."} & set(path.split("/")):
                yield _Entry(mode, blob, int(size) if size.isdigit() else 0, path)
