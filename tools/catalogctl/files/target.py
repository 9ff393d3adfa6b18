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

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files.leftovers import FOLDER
from catalogctl.files.os_errors import cause
from catalogctl.files.our_files import ForeignError, our_files
from catalogctl.files.regular_files import state_of


def check_target(folder: int, name: str, place: Path, *, deep: bool = True) -> None:
    """Raise UsageError or OutsideError if `name` in a folder can't be replaced by a tree.

    `place` is the path that the user gave, for messages; symbolic links in it have been resolved
    to `name`. Without `deep`, folders inside it are not looked into.
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
        handle = os.open(name, FOLDER, dir_fd=folder)
        try:
            _check_content(handle, place, deep=deep)
        finally:
            os.close(handle)
        writable = os.access(
            name, os.W_OK, dir_fd=folder, effective_ids=os.access in os.supports_effective_ids
        )
    except OSError as error:
        raise OutsideError(f"{place}: {cause(error)}") from error
    if not writable:
        raise OutsideError(f"{place}: the folder is read-only")


def _check_content(folder: int, place: Path, *, deep: bool) -> None:
    """Raise UsageError if a folder contains anything that catalogctl did not build."""
    try:
        our_files(folder, deep=deep)
    except ForeignError as error:
        if error.stray:
            raise UsageError(
                f"{place} is not replaced: {error}; move that away, or name another folder"
            ) from None
        raise UsageError(
            f"{place} was not built by catalogctl ({error}), so it is not replaced;"
            " empty it, or name another folder"
        ) from None


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
