"""Write a complete tree next to the old one, then swap it in.

If a build is killed at any moment, the old tree or the new one is in place; the next build removes
what is left next to it. Only one build at a time works on a place. A symbolic link is followed: the
folder that it leads to is the place. Folders get mode 755 and files 644 under any umask, for a web
server.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files.atomic import write_all
from catalogctl.files.folder_lock import FolderLock
from catalogctl.files.leftovers import clean_up, lock_name, staging_name
from catalogctl.files.os_errors import cause
from catalogctl.files.regular_files import state_of
from catalogctl.files.swap import swap, sync
from catalogctl.files.target import check_target
from catalogctl.files.tree_paths import MANIFEST, UNLISTED, encode_row, is_published_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import Self

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_FILE_MODE = 0o644
_FOLDER_MODE = 0o755
WAIT = 600.0


class StagedTree:
    """A tree under construction for the folder `out`; a context manager.

    `wait` is how many seconds to wait for another build of the same folder, which `tell` reports in
    one line. Without `durable`, a loss of power may destroy the tree (good enough for a preview).
    Leaving the context without `commit` keeps the old tree.
    """

    def __init__(
        self,
        out: Path,
        *,
        wait: float = WAIT,
        tell: Callable[[str], None] = lambda _: None,
        durable: bool = True,
    ) -> None:
        self.out = out
        self._wait = wait
        self._tell = tell
        self._durable = durable
        self._place = Path(os.path.realpath(out))
        self._name = self._place.name
        self._staging = staging_name(self._name)
        self._owner = -1
        self._parent = -1
        self._root = -1
        self._masked = False
        self._folders: set[str] = {""}
        self._lock: FolderLock | None = None

    def __enter__(self) -> Self:
        """Lock the place, clean up after killed builds and create the staging folder.

        Raise UsageError if something is there that a build must not replace, OutsideError if
        another build does not end in time or the disk fails.
        """
        if not self._name:
            raise UsageError(f"{self.out} is the root of the file system; name a folder in it")
        self._owner = os.getpid()
        try:
            self._parent = self._open_parent()
            check_target(self._parent, self._name, self.out, walk=False)
            self._lock = FolderLock(self._parent, lock_name(self._name), self.out)
            self._lock.take(wait=self._wait, tell=self._tell)
            self._begin()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the staging folder, or the old tree that now has its name, and the lock."""
        self._leave()

    def write(self, path: str, data: bytes) -> bytes:
        """Write a file of the tree and return its manifest row; forked workers may call this, too.

        `path` is as published, with "/". Raise OutsideError if the disk fails, ValueError if the
        path is not allowed in a tree or exists already.
        """
        return self.write_pieces(path, (data,))

    def write_pieces(self, path: str, pieces: Iterable[bytes]) -> bytes:
        """Write a file like `write`, but piece by piece, for files too large for memory."""
        size, digest = 0, hashlib.sha256()
        try:
            handle = self._open_new(path)
            try:
                for piece in pieces:
                    write_all(handle, piece)
                    size += len(piece)
                    digest.update(piece)
            finally:
                os.close(handle)
        except OSError as error:
            raise OutsideError(f"{self.out / path}: {cause(error)}") from error
        return encode_row(path, size, digest.hexdigest())

    def replaced_manifest(self) -> bytes | None:
        """Return the manifest of the tree that this one will replace, or None without one."""
        try:
            return (self._place / MANIFEST).read_bytes()
        except OSError:
            return None

    def commit(self) -> None:
        """Flush the tree to the disk and move it to its place, in one step if the system can.

        Call it only in the process that opened the context, and once, after everything has been
        written. Raise ValueError without a manifest, because the next build would not recognise the
        tree; raise OutsideError or UsageError if the tree can't be replaced. The old tree is then
        kept.
        """
        self._check_manifest()
        try:
            if self._durable:
                sync(self._root)
            check_target(self._parent, self._name, self.out)
            swap(self._parent, self._staging, self._name)
        except OSError as error:
            raise OutsideError(f"{self.out} can't be replaced: {cause(error)}") from error
        if self._durable:
            with suppress(OSError):  # the tree is in place; the system will flush the rename
                os.fsync(self._parent)

    def _open_parent(self) -> int:
        """Open the folder that contains the place; create it if it is absent."""
        parent = self._place.parent
        try:
            parent.mkdir(parents=True, exist_ok=True)
            return os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise OutsideError(f"{parent}: {cause(error)}") from error

    def _begin(self) -> None:
        """Under the lock, clean up after earlier runs and create an empty staging folder."""
        umask = os.umask(0o022)
        os.umask(umask)
        self._masked = umask & _FOLDER_MODE != 0
        try:
            clean_up(self._parent, self._name, self._tell)
            check_target(self._parent, self._name, self.out)
            os.mkdir(self._staging, _FOLDER_MODE, dir_fd=self._parent)
            self._root = os.open(self._staging, _FOLDER, dir_fd=self._parent)
            os.fchmod(self._root, _FOLDER_MODE)
        except OSError as error:
            raise OutsideError(f"can't build next to {self.out}: {cause(error)}") from error

    def _leave(self) -> None:
        """Clean up next to the place, unlock it and close all handles; in a child, only close."""
        try:
            if self._lock is not None and self._lock.is_held:
                clean_up(self._parent, self._name, self._tell)
        except OSError as error:
            self._tell(f"{self.out}: can't clean up: {cause(error)}")
        finally:
            if self._lock is not None:
                self._lock.release()
            for handle in (self._root, self._parent):
                if handle >= 0:
                    os.close(handle)
            self._root = self._parent = -1

    def _open_new(self, path: str) -> int:
        """Open a new file of the tree. Raise ValueError if the path is not allowed or not new."""
        if not is_published_path(path):
            raise ValueError(f"{path!r} can't be the path of a published file")
        if path[0] == "." and path not in UNLISTED:
            raise ValueError(f"{path} would be in no manifest")
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            self._make_folder(folder)
        try:
            handle = os.open(path, _NEW, _FILE_MODE, dir_fd=self._root)
        except FileExistsError:
            raise ValueError(f"{path} is written twice") from None
        if self._masked:
            os.fchmod(handle, _FILE_MODE)
        return handle

    def _make_folder(self, folder: str) -> None:
        """Create a folder and its parents; another worker may create them at the same time."""
        above = folder.rpartition("/")[0]
        if above not in self._folders:
            self._make_folder(above)
        with suppress(FileExistsError):
            os.mkdir(folder, _FOLDER_MODE, dir_fd=self._root)
            if self._masked:
                os.chmod(folder, _FOLDER_MODE, dir_fd=self._root)
        self._folders.add(folder)

    def _check_manifest(self) -> None:
        if self._owner != os.getpid():
            raise RuntimeError("only the process that began a tree can put it at its place")
        if state_of(MANIFEST, self._root) is None:
            raise ValueError(f"a tree without {MANIFEST} would not be known as ours")
