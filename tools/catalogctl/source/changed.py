"""A revision in; out, the commit to compare with, what is otherwise now, and the catalog as it was.

Nothing is checked out: the catalog of a commit is written from git's objects, as regular files
with plain names, into a folder of the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError, UsageError
from catalogctl.lock import MAX_LOCK_SIZE
from catalogctl.source.blobs import read_blobs
from catalogctl.source.folder import IMPORTED_FILE, SETTINGS_FILE

if TYPE_CHECKING:
    from catalogctl.source.git import Git

_FOLDERS = ("plugins", "versions", "queries")
_REGULAR = (b"100644", b"100755", b"100664")
_ABSENT = "000000"


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that is otherwise than in the base; `path` is from the top of the repository.

    `before` is the id of its blob, None when there was none; `exists` says that it is there now.
    """

    path: str
    before: str | None
    exists: bool


def merge_base(git: Git, revision: str) -> str:
    """Return the commit from which the branch in the work tree went off `revision`.

    UsageError when there is no such revision, OutsideError when the two have none in common.
    """
    code, said, _ = git.attempt(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if code:
        raise UsageError(
            f"--base {revision} names no commit here: fetch it first, as in git fetch origin main"
        )
    base = said.decode("ascii").strip()
    code, said, error = git.attempt("merge-base", "HEAD", base)
    if code == 0:
        return said.decode("ascii").split()[0]
    if error.strip():
        git.fail(error)
    raise OutsideError(f"the branch and {revision} have no common ancestor: rebase the branch")


def changed_files(git: Git, base: str) -> list[ChangedFile]:
    """Return every file of the repository that is otherwise now, and what is new in the catalog."""
    said = git.ask(
        "diff",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
        "--no-ext-diff",
        "--no-color",
        "--no-relative",
        "-O/dev/null",
        base,
        "--",
    ).decode("utf-8", "surrogateescape")
    tokens = said.split("\0")
    found: dict[str, ChangedFile] = {}
    for meta, path in zip(tokens[::2], tokens[1::2], strict=False):
        mode_before, mode_after, before, _ = meta[1:].split(" ", 3)
        known = None if mode_before == _ABSENT else before
        found[path] = ChangedFile(path, known, mode_after != _ABSENT)
    untracked = git.ask("ls-files", "--others", "--exclude-standard", "--full-name", "-z")
    for name in untracked.decode("utf-8", "surrogateescape").split("\0"):
        if name:
            known = found[name].before if name in found else None
            found[name] = ChangedFile(name, known, exists=True)
    return sorted(found.values(), key=lambda each: each.path)


def write_committed(git: Git, commit: str, folder: Path) -> None:
    """Write the catalog as it was in a commit into an empty folder."""
    said = git.ask("ls-tree", "-r", "-z", commit, "--", *_FOLDERS, SETTINGS_FILE, IMPORTED_FILE)
    places: list[str] = []
    names: list[str] = []
    for line in said.split(b"\0")[:-1]:
        meta, _, path = line.partition(b"\t")
        mode, _, name = meta.split(b" ")
        place = path.decode("utf-8", "surrogateescape")
        if mode in _REGULAR and _is_plain(place):
            places.append(place)
            names.append(name.decode("ascii"))
    for below in _FOLDERS:
        (folder / below).mkdir()
    for place, data in zip(places, read_blobs(git, names, MAX_LOCK_SIZE), strict=True):
        if data is not None:
            (folder / place).write_bytes(data)


def _is_plain(path: str) -> bool:
    """Tell whether a path is a file of a catalog, directly in one of its folders or at its top."""
    parts = Path(path).parts
    if any(part in {"..", "."} or "/" in part for part in parts):
        return False
    return path in {SETTINGS_FILE, IMPORTED_FILE} or (len(parts) == 2 and parts[0] in _FOLDERS)  # noqa: PLR2004  (folder, name)
