"""Put an error of the operating system into words for a person."""

from __future__ import annotations

import errno
import os

_WORDS = {
    errno.EBUSY: "in use by the system, as a mount point is",
    errno.EXDEV: "on a file system (or a layer of one) in which it can't be moved",
    errno.ELOOP: "a symbolic link where none is followed",
}


def cause(error: OSError) -> str:
    """Return why it failed, in lower case, as in "no space left on device"."""
    if error.errno is None:
        return str(error).lower() or "unknown error"
    return _WORDS.get(error.errno) or os.strerror(error.errno).lower()
