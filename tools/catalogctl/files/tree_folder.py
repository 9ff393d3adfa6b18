"""A folder that becomes a tree: create its files, or take them from another tree.

Folders get mode 755 and files 644 under any umask, for a web server. A file that is there is never
written to, because another tree may have it, too.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError
from catalogctl.files.atomic import NEW, write_all
from catalogctl.files.regular_files import read_file
from catalogctl.files.tree_paths import UNLISTED, is_published_path

if TYPE_CHECKING:
    from pathlib import Path

FILE_MODE = 0o644
FOLDER_MODE = 0o755
NO_LINKS = frozenset({errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS})
"""EPERM: the file system has no links, or the kernel protects another user's file."""


class TreeFolder:
    """The open folder `handle`, which becomes the tree at `place`, the path for messages."""

    def __init__(self, handle: int, place: Path) -> None:
        self.handle = handle
        self._place = place
        self._folders = {""}
        umask = os.umask(0o022)
        os.umask(umask)
        self._masked = umask & FOLDER_MODE != 0

    def create(self, path: str) -> int:
        """Create a file and return its handle; forked workers may call this, too.

        Raise ValueError if the path is not allowed in a tree or exists already, OSError if the disk
        fails.
        """
        self.prepare(path)
        try:
            handle = os.open(path, NEW, FILE_MODE, dir_fd=self.handle)
        except FileExistsError:
            raise ValueError(f"{path} is written twice") from None
        if self._masked:
            os.fchmod(handle, FILE_MODE)
        return handle

    def take(self, path: str, tree: int, inode: int) -> bool:
        """Link a file of another open tree, or copy it if it can't be linked; return which.

        Raise OutsideError if it is no longer the file with that inode, OSError if the disk fails.
        """
        self.prepare(path)
        if _inode(path, tree) != inode:
            raise OutsideError(f"{self._place / path} was changed during the build; build again")
        try:
            os.link(path, path, src_dir_fd=tree, dst_dir_fd=self.handle, follow_symlinks=False)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
        else:
            return True
        handle = self.create(path)
        try:
            write_all(handle, read_file(path, folder=tree))
        finally:
            os.close(handle)
        return False

    def prepare(self, path: str) -> None:
        """Create the folder of a file. Raise ValueError if the path is not allowed in a tree."""
        if not is_published_path(path):
            raise ValueError(f"{path!r} can't be the path of a published file")
        if path[0] == "." and path not in UNLISTED:
            raise ValueError(f"{path} would be in no manifest")
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            self._make_folder(folder)

    def _make_folder(self, folder: str) -> None:
        """Create a folder and its parents; another worker may create them at the same time."""
        above = folder.rpartition("/")[0]
        if above not in self._folders:
            self._make_folder(above)
        with suppress(FileExistsError):
            os.mkdir(folder, FOLDER_MODE, dir_fd=self.handle)
            if self._masked:
                os.chmod(folder, FOLDER_MODE, dir_fd=self.handle)
        self._folders.add(folder)


def _inode(path: str, tree: int) -> int | None:
    """Return the inode of a path in an open tree, None if nothing is there."""
    try:
        return os.stat(path, dir_fd=tree, follow_symlinks=False).st_ino
    except (FileNotFoundError, NotADirectoryError):
        return None
