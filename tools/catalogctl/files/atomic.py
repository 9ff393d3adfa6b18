"""Write one file in one step: readers see the old bytes or the new ones, never a mix."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError
from catalogctl.files.os_errors import cause
from catalogctl.files.temporary import temporary_name

if TYPE_CHECKING:
    from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def write_atomic(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Write a file beside its place, flush it to the disk and put it there in one step.

    `mode` None keeps that of the file it replaces; a new file gets what the umask leaves. A
    symbolic link is replaced, not followed. Raises OutsideError, and then the old file stands.
    """
    beside = path.parent / temporary_name(path.name)
    try:
        _write_new(beside, data, _mode_of(path) if mode is None else mode)
        try:
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        flush_folder(path.parent)
    except OSError as error:
        raise OutsideError(f"{path}: {cause(error)}") from error


def _mode_of(path: Path) -> int | None:
    """Return the permissions of a regular file; None where there is none."""
    try:
        state = path.lstat()
    except FileNotFoundError:
        return None
    return stat.S_IMODE(state.st_mode) if stat.S_ISREG(state.st_mode) else None


def _write_new(path: Path, data: bytes, mode: int | None) -> None:
    """Write a file that is not there yet, down to the disk; leave none when that fails."""
    handle = os.open(path, _NEW, 0o666)
    try:
        try:
            if mode is not None:
                os.fchmod(handle, mode)
            write_all(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def flush_folder(path: Path) -> None:
    """Make a rename in a folder last through a loss of power."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_all(handle: int, data: bytes) -> None:
    """Write all bytes, also where the system takes only a part of them at once."""
    written = os.write(handle, data)
    if written < len(data):
        rest = memoryview(data)[written:]
        while rest:
            rest = rest[os.write(handle, rest) :]
