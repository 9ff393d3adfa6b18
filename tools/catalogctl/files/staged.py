"""Write a complete tree next to the old one, then swap it in.

If a build is killed at any moment, the old tree or the new one is in place; the next build removes
what is left next to it. Only one build at a time works on a place. A symbolic link is followed: the
folder that it leads to is the place.

A build may keep files of the published tree: the new tree gets links to them. The replaced tree
then stays as `.NAME.before`, and the next build makes its tree of that one, in as many steps as
files changed. So at most two trees are beside each other, and no file of either is ever written to.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files.atomic import write_all
from catalogctl.files.file_signatures import signatures_in
from catalogctl.files.folder_lock import FolderLock
from catalogctl.files.leftovers import FOLDER, clean_up, lock_name, staging_name
from catalogctl.files.os_errors import cause
from catalogctl.files.our_files import list_tree
from catalogctl.files.regular_files import state_of
from catalogctl.files.shared_tree import SharedTree
from catalogctl.files.swap import flush_disk, swap
from catalogctl.files.target import check_target
from catalogctl.files.tree_before import leave_before, remove_changed, take_before
from catalogctl.files.tree_folder import FOLDER_MODE, TreeFolder
from catalogctl.files.tree_paths import MANIFEST, encode_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType
    from typing import Self

    from catalogctl.files.file_signatures import FileSignature
    from catalogctl.files.tree_before import TreeBefore

WAIT = 600.0


class StagedTree:
    """A tree under construction for the folder `out`; a context manager.

    `wait` is how many seconds to wait for another build of the same folder, which `tell` reports in
    one line. Without `durable`, a loss of power may destroy the tree (good enough for a preview).
    Without `previous`, no tree is left as `.NAME.before`. Leaving the context without `commit`
    keeps the old tree, and the tree before it.
    """

    def __init__(
        self,
        out: Path,
        *,
        wait: float = WAIT,
        tell: Callable[[str], None] = lambda _: None,
        durable: bool = True,
        previous: bool = True,
    ) -> None:
        self.out = out
        self._wait = wait
        self._tell = tell
        self._durable = durable
        self._previous = previous
        self._place = Path(os.path.realpath(out))
        self._name = self._place.name
        self._staging = staging_name(self._name)
        self._owner = -1
        self._parent = -1
        self._root = -1
        self._kept: dict[str, int] = {}
        self._shares = False  # files with the tree that it replaces
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
            check_target(self._parent, self._name, self.out, deep=False)
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
            handle = self._tree.create(path)
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

    def share(self) -> SharedTree:
        """Return how processes on other machines write files of this tree.

        Call it only in the process that opened the context. Raise OutsideError if the disk fails.
        """
        scratch = staging_name(self._name)
        try:
            os.mkdir(scratch, FOLDER_MODE, dir_fd=self._parent)
        except OSError as error:
            raise OutsideError(f"can't build next to {self.out}: {cause(error)}") from error
        parent = self._place.parent
        return SharedTree(f"{parent / self._staging}", f"{parent / scratch}", f"{self.out}")

    def replaced_manifest(self) -> bytes | None:
        """Return the manifest of the tree that this one will replace, or None without one."""
        try:
            return (self._place / MANIFEST).read_bytes()
        except OSError:
            return None

    def signatures(self, paths: Iterable[str]) -> dict[str, FileSignature]:
        """Return the signatures of those paths that are files of the published tree.

        After `commit` that is the new tree. A path is left out if it has no file, or one of another
        type or with other permissions than `write` gives it.
        """
        try:
            published = os.open(self._name, FOLDER, dir_fd=self._parent)
        except OSError:
            return {}
        try:
            return signatures_in(published, paths)
        finally:
            os.close(published)

    def keep_all(self, inodes: Mapping[str, int]) -> None:
        """Say that the new tree has files of the published tree; `inodes` are theirs, by path.

        The caller knows the files' content by their signatures. Call it only in the process that
        opened the context, and only for paths that are not written.
        """
        self._kept.update(inodes)

    def commit(self) -> None:
        """Flush the tree to the disk and move it to its place, in one step if the system can.

        Call it only in the process that opened the context, and once, after everything has been
        written. Raise ValueError without a manifest, because the next build would not recognise the
        tree, and if a file is both kept and written; raise OutsideError or UsageError if the tree
        can't be replaced. The old tree is then kept.
        """
        self._check_manifest()
        try:
            new = self._assemble()
            if self._durable:
                flush_disk(self._root)
            check_target(self._parent, self._name, self.out)
            replaced = swap(self._parent, new, self._name)
        except OSError as error:
            raise OutsideError(f"{self.out} can't be replaced: {cause(error)}") from error
        if self._shares and self._previous:
            leave_before(self._parent, self._name, replaced)
        if self._durable:
            with suppress(OSError):  # the tree is in place; the system will flush the rename
                os.fsync(self._parent)

    def _assemble(self) -> str:
        """Bring what is kept and what was written together; return the name of that folder."""
        before = take_before(self._parent, self._name, self._tell)
        if not self._kept:
            return self._staging
        written = {path: inode for path, inode in list_tree(self._root).items() if path[-1] != "/"}
        if both := written.keys() & self._kept.keys():
            raise ValueError(f"{min(both)} is both kept and written")
        published = os.open(self._name, FOLDER, dir_fd=self._parent)
        try:
            if before and self._previous:
                with suppress(OSError):  # whatever is wrong with it, the build goes without
                    self._renew(before, published, written)
                    return before.name
            self._take(self._tree, published, self._kept)
        finally:
            os.close(published)
        return self._staging

    def _renew(self, before: TreeBefore, published: int, written: Mapping[str, int]) -> None:
        """Make the tree before the new tree. Raise OSError if that fails."""
        handle = os.open(before.name, FOLDER, dir_fd=self._parent)
        try:
            remove_changed(handle, before.files, self._kept)
            missing = dict(self._kept.items() - before.files.items())
            self._shares = len(missing) < len(self._kept)
            tree = TreeFolder(handle, self.out)
            self._take(tree, published, missing)
            for path, inode in written.items():
                tree.take(path, self._root, inode)
        finally:
            os.close(handle)

    def _take(self, tree: TreeFolder, published: int, kept: Mapping[str, int]) -> None:
        """Link files of the published tree into another one, or copy them if they can't be."""
        for path, inode in kept.items():
            if tree.take(path, published, inode):
                self._shares = True

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
        try:
            clean_up(self._parent, self._name, self._tell)
            os.mkdir(self._staging, FOLDER_MODE, dir_fd=self._parent)
            self._root = os.open(self._staging, FOLDER, dir_fd=self._parent)
            os.fchmod(self._root, FOLDER_MODE)
        except OSError as error:
            raise OutsideError(f"can't build next to {self.out}: {cause(error)}") from error
        self._tree = TreeFolder(self._root, self.out)

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

    def _check_manifest(self) -> None:
        if self._owner != os.getpid():
            raise RuntimeError("only the process that began a tree can put it at its place")
        if state_of(MANIFEST, self._root) is None:
            raise ValueError(f"a tree without {MANIFEST} would not be known as ours")
