"""Signatures of files: what tells cheaply whether a file is still the one that was written.

A file has a signature if it is a regular file with the permissions and on the file system of its
tree. Together with the file system, the inode identifies the file, whatever path led to it, so a
folder that was replaced by a link does no harm.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import msgspec

from catalogctl.files.tree_folder import FILE_MODE

if TYPE_CHECKING:
    from collections.abc import Iterable

_PUBLISHED = stat.S_IFREG | FILE_MODE


class FileSignature(msgspec.Struct, frozen=True, gc=False):
    """A file's size in bytes, the time it was last written to, and its inode."""

    size: int
    mtime_ns: int
    inode: int


def signatures_in(folder: int, paths: Iterable[str]) -> dict[str, FileSignature]:
    """Return the signatures of those paths in an open tree that are files as we write them."""
    device = os.fstat(folder).st_dev
    found: dict[str, FileSignature] = {}
    for path in paths:
        try:
            state = os.stat(path, dir_fd=folder, follow_symlinks=False)
        except OSError:
            continue
        if state.st_mode == _PUBLISHED and state.st_dev == device:
            found[path] = FileSignature(state.st_size, state.st_mtime_ns, state.st_ino)
    return found
