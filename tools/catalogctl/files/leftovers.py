"""Remove what a killed run left next to a name in a folder.

Staging folders are named `.<name>.catalogctl-<16 hex digits>`, a tree that was moved aside `…-old`.
This runs only under the lock, so anything with such a name belongs to a run that has ended.
"""

from __future__ import annotations

import os
import re
import secrets
from typing import TYPE_CHECKING

from catalogctl.files.os_errors import cause
from catalogctl.files.regular_files import state_of
from catalogctl.files.swap import ASIDE

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
"""How a folder is opened, unless its name is a link."""
_OWNER_CAN_CHANGE = 0o700
_TRIES = 3


def staging_name(name: str) -> str:
    """Return a name next to `name` that no other run uses."""
    return f".{name}.catalogctl-{secrets.token_hex(8)}"


def lock_name(name: str) -> str:
    """Return the name of the lock's file next to `name`."""
    return f".{name}.catalogctl-lock"


def clean_up(folder: int, name: str, tell: Callable[[str], None]) -> None:
    """Move a tree that was moved aside back to `name` if that is absent; remove other leftovers.

    What can't be removed is reported by `tell` and left for the next run.
    """
    pattern = re.compile(
        rf"\.{re.escape(name)}\.catalogctl-[0-9a-f]{{16}}(?P<aside>{re.escape(ASIDE)})?"
    )
    for entry in sorted(os.listdir(folder)):
        match = pattern.fullmatch(entry)
        if match is None:
            continue
        if match["aside"] and state_of(name, folder) is None:
            os.rename(entry, name, src_dir_fd=folder, dst_dir_fd=folder)
            continue
        try:
            _remove_with_patience(folder, entry)
        except OSError as error:
            tell(f"{entry}, left by an earlier build, can't be removed: {cause(error)}")


def _remove_with_patience(folder: int, name: str) -> None:
    """Remove a tree to which a worker of a killed build may still write one more file."""
    for left in reversed(range(_TRIES)):
        try:
            remove_tree(folder, name)
        except OSError:
            if left == 0:
                raise
        else:
            return


def remove_tree(folder: int, name: str) -> None:
    """Remove the tree `name` in the open folder `folder`, without following links."""
    try:
        handle = open_folder(folder, name)
    except FileNotFoundError:
        return
    try:
        if os.fstat(handle).st_mode & _OWNER_CAN_CHANGE != _OWNER_CAN_CHANGE:
            os.fchmod(handle, _OWNER_CAN_CHANGE)
        with os.scandir(handle) as entries:
            inside = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        for entry, is_folder in inside:
            if is_folder:
                remove_tree(handle, entry)
            else:
                os.unlink(entry, dir_fd=handle)
    finally:
        os.close(handle)
    os.rmdir(name, dir_fd=folder)


def open_folder(folder: int, name: str) -> int:
    """Open a folder to list it; if that is not permitted, change its permissions first."""
    try:
        return os.open(name, FOLDER, dir_fd=folder)
    except PermissionError:
        os.chmod(name, _OWNER_CAN_CHANGE, dir_fd=folder)
        return os.open(name, FOLDER, dir_fd=folder)
