"""Read regular files and nothing else, even from an untrusted folder.

No link is followed. Something that looks like a file but is a pipe or a device never blocks: it is
opened without waiting, and its type is checked on the open handle (hardening R-12).
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_CHUNK = 1 << 20


class NotAFileError(Exception):
    """Something else is where a file belongs; the message says what, to be read after "it".

    `size` is the size in bytes of a file that is too large, else 0.
    """

    def __init__(self, message: str, size: int = 0) -> None:
        super().__init__(message)
        self.size = size


def state_of(path: Path | str, folder: int | None = None) -> os.stat_result | None:
    """Return the state of a path, without following a link, or None if nothing is there.

    The path is relative to an open folder, or to the working directory. Raise OSError if it can't
    be examined.
    """
    try:
        return os.stat(path, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def read_file(path: Path | str, most: int = sys.maxsize, *, folder: int | None = None) -> bytes:
    """Return the bytes of a file, by its path from an open folder or the working directory.

    Raise NotAFileError unless it is a regular file of at most `most` bytes, OSError if it does not
    exist or can't be read.
    """
    handle = os.open(path, _FILE, dir_fd=folder)
    try:
        return _read_regular(handle, most)
    finally:
        os.close(handle)


def read_inside(folder: Path, path: str, most: int) -> bytes:
    """Return the bytes of a file below a folder, by its path with "/" between names.

    Each folder on the way is opened separately, so no path leads out of `folder`, which itself may
    be a link because the user named it. Raise the same errors as `read_file`.
    """
    *folders, name = path.split("/")
    with ExitStack() as opened:
        handle = os.open(folder, _FOLDER)
        opened.callback(os.close, handle)
        for each in folders:
            handle = _open(each, _FOLDER | os.O_NOFOLLOW, handle)
            opened.callback(os.close, handle)
        handle = _open(name, _FILE, handle)
        opened.callback(os.close, handle)
        return _read_regular(handle, most)


def _open(name: str, flags: int, folder: int) -> int:
    """Open one name in an open folder. Raise NotAFileError if it is of the wrong type."""
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        if what := _wrong_type(name, folder, is_folder=bool(flags & os.O_DIRECTORY)):
            raise NotAFileError(what) from error
        raise


def _wrong_type(name: str, folder: int, *, is_folder: bool) -> str:
    """Return what is where a folder or a file belongs, "" if that is not why opening failed."""
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except OSError:
        return ""
    if stat.S_ISLNK(mode):
        return "is a symbolic link or is reached through one, which is not followed"
    belongs = stat.S_ISDIR(mode) if is_folder else stat.S_ISREG(mode)
    return "" if belongs else "is not a regular file"


def _read_regular(handle: int, most: int) -> bytes:
    """Return the bytes of an open file.

    Raise NotAFileError unless it is a regular file of at most `most` bytes.
    """
    state = os.fstat(handle)
    if not stat.S_ISREG(state.st_mode):
        raise NotAFileError("is not a regular file")
    size = state.st_size
    data = os.read(handle, size + 1) if size <= most else b""
    if size <= most and len(data) != size:  # written to meanwhile: the current content counts
        while len(data) <= most and (more := os.read(handle, min(most + 1 - len(data), _CHUNK))):
            data += more
    if max(size, len(data)) > most:
        raise NotAFileError(f"has more than {most} bytes", max(size, len(data)))
    return data
