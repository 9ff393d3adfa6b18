"""Check whether a tree can be put at a place.

Existing content is replaced only if it is an empty folder or a tree built by catalogctl: one with a
manifest.json as we write it, and with nothing in it, at any depth, that its manifest does not list
(hardening Q-06).
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files.leftovers import open_folder
from catalogctl.files.os_errors import cause
from catalogctl.files.regular_files import NotAFileError, read_file, state_of
from catalogctl.files.tree_paths import MANIFEST, UNLISTED

if TYPE_CHECKING:
    from collections.abc import Iterator

_DESKTOP_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def check_target(folder: int, name: str, place: Path, *, walk: bool = True) -> None:
    """Raise UsageError or OutsideError if `name` in a folder can't be replaced by a tree.

    `place` is the path that the user gave, for messages; symbolic links in it have been resolved
    to `name`. Without `walk`, the content of the folder is not checked.
    """
    try:
        state = state_of(name, folder)
    except OSError as error:
        raise OutsideError(f"{place}: {cause(error)}") from error
    if state is None:
        return
    if stat.S_ISLNK(state.st_mode):
        raise UsageError(f"{place} is a symbolic link that leads nowhere")
    if not stat.S_ISDIR(state.st_mode):
        raise UsageError(f"{place} is not a folder; name a folder for the tree, or remove it")
    if _is_mount_point(Path(os.path.realpath(place))):
        raise UsageError(
            f"{place} is a mount point and can't be swapped; name a folder inside it,"
            f" such as {place / 'public'}"
        )
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY, dir_fd=folder)
        try:
            if walk:
                _check_content(handle, place)
        finally:
            os.close(handle)
        writable = os.access(
            name, os.W_OK, dir_fd=folder, effective_ids=os.access in os.supports_effective_ids
        )
    except OSError as error:
        raise OutsideError(f"{place}: {cause(error)}") from error
    if not writable:
        raise OutsideError(f"{place}: the folder is read-only")


class _File(msgspec.Struct):
    path: str


class _OldManifest(msgspec.Struct):
    schema_version: int
    files: list[_File]


def _check_content(folder: int, place: Path) -> None:
    """Raise UsageError if a folder contains anything that catalogctl did not build."""
    if set(os.listdir(folder)) <= _DESKTOP_FILES:
        return
    listed = {*_listed_paths(folder, place), *UNLISTED}
    folders = {above for path in listed for above in _folders_above(path)}
    for path in _walk(folder, "", folders):
        if path not in listed and path.rpartition("/")[2] not in _DESKTOP_FILES:
            raise UsageError(
                f"{place} is not replaced: it holds {path}, which catalogctl did not build;"
                " move that away, or name another folder"
            )


def _listed_paths(folder: int, place: Path) -> Iterator[str]:
    """Return the paths in the manifest of a tree. Raise UsageError without a manifest of ours."""
    try:
        manifest = msgspec.json.decode(read_file(MANIFEST, folder=folder), type=_OldManifest)
    except OSError:
        raise _not_ours(place, f"it has no {MANIFEST}") from None
    except (NotAFileError, msgspec.DecodeError, UnicodeDecodeError):
        raise _not_ours(place, f"its {MANIFEST} is not one of ours") from None
    return (file.path for file in manifest.files)


def _folders_above(path: str) -> Iterator[str]:
    """Yield each parent folder of a file of the tree."""
    while path := path.rpartition("/")[0]:
        yield path


def _walk(folder: int, prefix: str, known: set[str]) -> Iterator[str]:
    """Yield the path of each file below an open folder; unknown folders are yielded like files."""
    with os.scandir(folder) as entries:
        inside = sorted((each.name, each.is_dir(follow_symlinks=False)) for each in entries)
    for name, is_folder in inside:
        path = prefix + name
        if not is_folder or path not in known:
            yield path
            continue
        handle = open_folder(folder, name)
        try:
            yield from _walk(handle, f"{path}/", known)
        finally:
            os.close(handle)


def _not_ours(place: Path, reason: str) -> UsageError:
    return UsageError(
        f"{place} was not built by catalogctl ({reason}), so it is not replaced;"
        " empty it, or name another folder"
    )


def _is_mount_point(place: Path) -> bool:
    """Return whether something is mounted at a place, even a folder of the same file system."""
    if place.is_mount():
        return True
    try:
        with open("/proc/self/mountinfo", "rb") as table:  # noqa: PTH123  (bytes, line by line)
            points = {line.split(b" ", 5)[4] for line in table}
    except OSError:
        return False
    escaped = re.sub(rb"[ \t\n\\]", lambda found: b"\\%03o" % found[0][0], os.fsencode(place))
    return escaped in points
