"""What a command reads from a file or from stdin."""

from __future__ import annotations

import sys
from pathlib import Path

from catalogctl.errors import UsageError


def read_input(source: str, what: str, limit: int) -> bytes:
    """Return the bytes of a file, or of stdin for «-»: no more than one above the limit.

    UsageError when it can't be read; `what` is what it was to hold.
    """
    if source == "-":
        return read_stdin(what, limit)
    try:
        with Path(source).open("rb") as file:
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        cause = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"can't read {what} {source}: {cause}") from error


def read_stdin(what: str, limit: int) -> bytes:
    """Return the bytes on stdin, no more than one above the limit."""
    if sys.stdin is None:
        raise UsageError(f"there is nothing on stdin to read {what} from: it is closed")
    return sys.stdin.buffer.read(limit + 1)
