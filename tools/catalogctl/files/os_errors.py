"""Describe errors of the operating system for users."""

from __future__ import annotations

import errno
import os

_WORDS = {
    errno.EBUSY: "in use by the system, as a mount point is",
    errno.EXDEV: "on a file system (or a layer of one) in which it can't be moved",
    errno.ELOOP: "a symbolic link, which is not followed",
}


def cause(error: OSError) -> str:
    """Return the cause of an error in lower case, such as "no space left on device"."""
    if error.errno is None:
        return str(error).lower() or "unknown error"
    return _WORDS.get(error.errno) or os.strerror(error.errno).lower()
