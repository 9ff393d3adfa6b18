"""Exchange two names in one folder in one step, which only the kernel can do.

Linux exchanges two names in one step (renameat2). Where that can't be had (an old kernel, some
network file systems, other systems), the old tree steps aside and the new one takes its place: two
renames, between which the name is absent. A run killed there is mended by the next one, which
puts the old tree back.
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
"""EPERM: how older sandboxes refuse a call they do not know; a real one comes back on rename."""

_NUMBERS = {"x86_64": 316, "aarch64": 276, "riscv64": 276, "ppc64le": 357, "s390x": 347}
"""The call's number, for C libraries that have no function for it (musl)."""

ASIDE = "-old"


def swap(folder: int, new: str, name: str) -> None:
    """Give the tree `new` the name `name`; the tree that had it is then `new` or `new` + "-old".

    `folder` is the handle of the folder of both. Raises OSError; the old tree is then in place,
    or `mend` brings it back.
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


def exchange(folder: int, one: str, other: str) -> None:
    """Exchange two names in one step. Raises OSError, ENOSYS where the system has no such call."""
    names = (folder, os.fsencode(one), folder, os.fsencode(other), _EXCHANGE)
    call = getattr(_libc(), "renameat2", None)
    if call is not None:
        _checked(call(*names))
        return
    number = _NUMBERS.get(os.uname().machine) if sys.platform == "linux" else None
    if number is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    _checked(_libc().syscall(number, *names))


def sync(handle: int) -> None:
    """Bring everything written on the file system of an open file to the disk."""
    call = getattr(_libc(), "syncfs", None)
    if call is None:
        os.sync()
    else:
        _checked(call(handle))


def _checked(result: int) -> None:
    """Raise the error that a call of the C library left behind."""
    if result != 0:
        import ctypes

        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@cache
def _libc() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)
