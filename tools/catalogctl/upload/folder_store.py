"""Publish to a folder, file by file, where a whole tree can't be swapped: a mount, for example."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import NotAFileError, cause, read_inside
from catalogctl.files.atomic import NEW, write_all
from catalogctl.files.swap import flush_disk
from catalogctl.files.tree_folder import FILE_MODE, FOLDER_MODE, NO_LINKS
from catalogctl.publish.manifest import MAX_BYTES
from catalogctl.upload.records import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from catalogctl.upload.store import Upload

_ENDING = ".tmp"


class FolderStore:
    """A folder, which is created when something is written to it.

    Files are written in `.catalogctl/` and renamed, so that a killed run leaves nothing elsewhere.
    """

    keeps_headers = False

    def __init__(self, folder: Path) -> None:
        """Raise UsageError if something other than a folder is there."""
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is not a folder; name a folder, or remove it")
        self.name = str(folder)
        self._folder = folder

    @property
    def ignores_case(self) -> bool:
        """Return whether paths that differ only in case are the same file's.

        It is known once something was written: the name of our own folder is tried.
        """
        with self._named(""):
            return (self._folder / FOLDER.upper()).exists()

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, or None if it does not exist."""
        with self._named(path):
            try:
                return read_inside(self._folder, path, MAX_BYTES)
            except (FileNotFoundError, NotADirectoryError):
                return None
            except NotAFileError as error:
                raise OutsideError(f"{self._folder / path} {error}") from error

    def create(self, path: str, data: bytes) -> bool:
        """Write a file unless it exists; return whether it was written."""
        with self._named(path):
            try:
                with self._temporary(path, data) as temporary:
                    _link(temporary, self._folder / path, data)
                    temporary.unlink(missing_ok=True)
            except (FileExistsError, FileNotFoundError):  # or the run with the lock tidied up
                return False
        return True

    def write(self, files: Sequence[Upload]) -> None:
        """Write files, each in one step, and flush them to the disk together."""
        for path, data, _ in files:
            with self._named(path), self._temporary(path, data) as temporary:
                temporary.replace(self._folder / path)
        with self._named(""):
            handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                flush_disk(handle)
            finally:
                os.close(handle)

    def delete(self, paths: Sequence[str]) -> None:
        """Delete files, and the folders that they leave empty."""
        for path in paths:
            target = self._folder / path
            with self._named(path):
                target.unlink(missing_ok=True)
            with suppress(OSError):  # a folder that is not empty ends it
                for folder in target.parents:
                    if folder in {self._folder, self._folder / FOLDER}:
                        break
                    folder.rmdir()

    def entries(self) -> list[str]:
        """Return the names in the folder; none if it does not exist."""
        with self._named(""):
            try:
                return [path.name for path in self._folder.iterdir()]
            except FileNotFoundError:
                return []

    def tidy(self) -> None:
        """Remove the temporary files of killed runs."""
        with self._named(FOLDER):
            for left in (self._folder / FOLDER).glob(f"*{_ENDING}"):
                left.unlink(missing_ok=True)

    @contextmanager
    def _temporary(self, path: str, data: bytes) -> Iterator[Path]:
        """Write a file that becomes the one at a path, and make the folder of that.

        It is removed if the block raises.
        """
        temporary = self._folder / FOLDER / f"{os.urandom(8).hex()}{_ENDING}"
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        for folder in (temporary.parent, (self._folder / path).parent):
            _make_folder(folder)
        try:
            _write_new(temporary, data)
            yield temporary
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    @contextmanager
    def _named(self, path: str) -> Iterator[None]:
        """Turn errors of the system into an OutsideError that names a file."""
        try:
            yield
        except OSError as error:
            raise OutsideError(f"{self._folder / path}: {cause(error)}") from error


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, which a web server may read under any umask."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & FOLDER_MODE != FOLDER_MODE:
        folder.chmod(mode | FOLDER_MODE)


def _link(temporary: Path, target: Path, data: bytes) -> None:
    """Give a file a second name, or write its data anew where a file can't have two.

    Raise FileExistsError if there is such a file.
    """
    try:
        os.link(temporary, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        _write_new(target, data)


def _write_new(path: Path, data: bytes) -> None:
    """Write a file, or nothing. Raise FileExistsError if there is one."""
    handle = os.open(path, NEW, FILE_MODE)
    try:
        os.fchmod(handle, FILE_MODE)
        write_all(handle, data)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)
