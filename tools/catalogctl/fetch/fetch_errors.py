"""Define the errors raised when a web address gives no usable response."""

from __future__ import annotations

from catalogctl.errors import OutsideError

_LONGEST = 200


class FetchError(OutsideError):
    """A read failed; `cause` is the reason, without the address."""

    def __init__(self, url: str, cause: str) -> None:
        super().__init__(f"{url} {cause}")
        self.cause = cause


class TooLargeError(FetchError):
    """The response is larger than allowed."""


class TooSlowError(FetchError):
    """The response did not arrive in time."""


class OverdueError(TooSlowError):
    """The response began, or could have, but the whole of it took too long."""


class PrivateAddressError(OutsideError):
    """A host has an address in a private network."""


class BodyError(Exception):
    """A body that can't be used; `cause` is to be read after its URL, or after "its answer"."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class BrokenBodyError(BodyError):
    """A broken body that may arrive intact on a retry."""


class TooLargeBodyError(BodyError):
    """A body that is larger than allowed."""


def quoted(text: object) -> str:
    """Return server text for use in a message: one line, at most 200 characters (R-24)."""
    line = "".join(char if char.isprintable() else " " for char in str(text)[: 4 * _LONGEST])
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"
