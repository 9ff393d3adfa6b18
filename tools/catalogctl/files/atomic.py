"""Write a file in one step, so that readers see the old bytes or the new ones, never a mix."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from catalogctl.errors import OutsideError
from catalogctl.files.os_errors import cause
from catalogctl.files.regular_files import state_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LEFTOVER = re.compile(r"\..+\.[0-9a-f]{16}\.tmp")
"""Names that a killed write leaves next to its file; code that lists a folder ignores them."""
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
"""How a file is opened that must not be there yet."""


def write_atomic(path: Path, data: bytes, *, mode: int | None = None) -> None:
    """Write a temporary file, flush it to the disk and move it to `path` in one step.

    The file gets the permissions `mode`, else those of the file that it replaces, else those that
    the umask leaves. A symbolic link is replaced, not followed. Raise OutsideError if it can't be
    written; the old file then remains.
    """

    def set_permissions(handle: int) -> None:
        state = state_of(path)
        if mode is not None:
            os.fchmod(handle, mode)
        elif state is not None and stat.S_ISREG(state.st_mode):
            os.fchmod(handle, stat.S_IMODE(state.st_mode))

    temporary = path.parent / f".{path.name}.{os.urandom(8).hex()}.tmp"
    try:
        put(path, temporary, data, set_permissions)
    except OSError as error:
        raise OutsideError(f"{path}: {cause(error)}") from error


def put(  # noqa: PLR0913  (the last two can be left out)
    path: Path,
    temporary: Path,
    data: bytes,
    set_rights: Callable[[int], None],
    check: Callable[[], None] = lambda: None,
    *,
    flush: bool = True,
) -> None:
    """Write `temporary`, flush it to the disk and rename it to `path`, unless `check` raises.

    `set_rights` gets the handle of the file. Without `flush`, the caller flushes the folder. Raise
    OSError on failure, and leave nothing behind.
    """
    handle = os.open(temporary, NEW, 0o666)
    try:
        try:
            set_rights(handle)
            write_all(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        check()
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if flush:
        flush_folder(path.parent)


def flush_folder(path: Path) -> None:
    """Make a rename in a folder survive a loss of power."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_all(handle: int, data: bytes) -> None:
    """Write all bytes, even if the system accepts only a part of them at once."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
