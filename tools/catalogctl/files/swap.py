"""Exchange two names in a folder, in one step if the kernel supports it.

Linux can exchange two names in one step (renameat2). Elsewhere (an old kernel, some network file
systems, other systems) the old tree is moved aside and the new one takes its place: two renames,
between which the name is absent. If a run is killed there, the next one moves the old tree back.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from functools import cache
from typing import Any

_EXCHANGE = 2
_UNSUPPORTED = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM})
"""EPERM: older sandboxes refuse unknown calls with it; a genuine one recurs on rename."""

_NUMBERS = {"x86_64": 316, "aarch64": 276, "riscv64": 276, "ppc64le": 357, "s390x": 347}
"""The number of the system call, for C libraries without a function for it (musl)."""

ASIDE = "-old"


def swap(folder: int, new: str, name: str) -> str:
    """Rename the tree `new` to `name`; return the name that a tree of that name has now, if any.

    `folder` is the handle of the folder that contains both. Raise OSError on failure; the old tree
    is then in place, or `clean_up` moves it back.
    """
    try:
        exchange(folder, new, name)
    except FileNotFoundError:
        os.rename(new, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        with suppress(FileNotFoundError):
            os.rename(name, new + ASIDE, src_dir_fd=folder, dst_dir_fd=folder)
        os.rename(new, name, src_dir_fd=folder, dst_dir_fd=folder)
        return new + ASIDE
    return new


def exchange(folder: int, one: str, other: str) -> None:
    """Exchange two names in one step. Raise OSError: ENOSYS if the system has no such call."""
    names = (folder, os.fsencode(one), folder, os.fsencode(other), _EXCHANGE)
    call = getattr(_libc(), "renameat2", None)
    if call is not None:
        _checked(call(*names))
        return
    number = _NUMBERS.get(os.uname().machine) if sys.platform == "linux" else None
    if number is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    _checked(_libc().syscall(number, *names))


def flush_disk(handle: int) -> None:
    """Flush everything written to the file system of an open file to the disk."""
    call = getattr(_libc(), "syncfs", None)
    if call is None:
        os.sync()
    else:
        _checked(call(handle))


def _checked(result: int) -> None:
    """Raise OSError if a call of the C library failed."""
    if result != 0:
        import ctypes

        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@cache
def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)
