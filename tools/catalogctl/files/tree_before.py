"""The tree before the published one, kept beside it as `.NAME.before`, and how it becomes new.

Most of its files are hard links to those of the published tree, so making the next tree of it takes
as many steps as files changed. It is never needed: whatever is wrong with it costs only time.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.files.leftovers import FOLDER, staging_name
from catalogctl.files.os_errors import cause
from catalogctl.files.our_files import ForeignError, folders_of, our_files
from catalogctl.files.regular_files import state_of
from catalogctl.files.tree_folder import FOLDER_MODE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class TreeBefore(NamedTuple):
    """The tree before, now under a staging name, and the inode of everything in it by path."""

    name: str
    files: dict[str, int]


def before_name(name: str) -> str:
    """Return the name of the tree that was at `name` before."""
    return f".{name}.before"


def take_before(folder: int, name: str, tell: Callable[[str], None]) -> TreeBefore | None:
    """Give the tree before `name` a staging name, so that it is used or cleaned up.

    Return None without one. What catalogctl did not build stays, which `tell` reports.
    """
    before, taken = before_name(name), staging_name(name)
    try:
        state = state_of(before, folder)
        if state is None:
            return None
        files = _files(folder, before, state)
        os.rename(before, taken, src_dir_fd=folder, dst_dir_fd=folder)
    except ForeignError as error:
        tell(f"{before} is left alone: {error}")
    except OSError as error:
        tell(f"{before} is left alone: it can't be used: {cause(error)}")
    else:
        return TreeBefore(taken, files)
    return None


def leave_before(folder: int, name: str, replaced: str) -> None:
    """Make the tree that was replaced the one before `name`, unless something else is there."""
    before = before_name(name)
    with suppress(OSError):  # it is cleaned up then
        if state_of(before, folder) is None:
            os.rename(replaced, before, src_dir_fd=folder, dst_dir_fd=folder)


def remove_changed(tree: int, files: dict[str, int], kept: Mapping[str, int]) -> None:
    """Remove from an open tree with these files all that are not, with the same inode, `kept`.

    Folders without a kept file are removed, too. Raise OSError if that fails.
    """
    folders = folders_of(kept)
    for path, inode in files.items():
        if path[-1] != "/" and kept.get(path) != inode:
            os.unlink(path, dir_fd=tree)
    for path in reversed(files):  # what is in a folder comes after it
        if path[-1] == "/" and path[:-1] not in folders:
            os.rmdir(path, dir_fd=tree)


def _files(folder: int, name: str, state: os.stat_result) -> dict[str, int]:
    """Return what a tree of ours holds. Raise ForeignError, OSError if it can't be used."""
    if not stat.S_ISDIR(state.st_mode):
        raise ForeignError("it is not a folder")
    if state.st_uid != os.geteuid():
        raise ForeignError("it belongs to another user")
    handle = os.open(name, FOLDER, dir_fd=folder)
    try:
        files = our_files(handle)
        for path in (".", *(path for path in files if path[-1] == "/")):
            _check_folder(handle, path, state.st_dev)
    finally:
        os.close(handle)
    return files


def _check_folder(tree: int, path: str, device: int) -> None:
    """Give a folder the permissions of a tree's. Raise ForeignError if it is on another disk."""
    state = os.stat(path, dir_fd=tree, follow_symlinks=False)
    if state.st_dev != device:
        raise ForeignError(f"it holds {path}, a mount point", path)
    if stat.S_IMODE(state.st_mode) != FOLDER_MODE:
        os.chmod(path, FOLDER_MODE, dir_fd=tree)
