"""Why a web address gave nothing that can be used."""

from __future__ import annotations

from catalogctl.errors import OutsideError

_LONGEST = 200


class FetchError(OutsideError):
    """A read failed; `cause` says why, without the address."""

    def __init__(self, url: str, cause: str) -> None:
        super().__init__(f"{url} {cause}")
        self.cause = cause


class TooLargeError(FetchError):
    """The answer has more bytes than it may have."""


class TooSlowError(FetchError):
    """The answer did not come in time."""


class PrivateAddressError(OutsideError):
    """A host on the web turned out to be in a private network."""


class BodyError(Exception):
    """A body that can't be used; what is wrong with it goes on from «its answer …»."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class BrokenBodyError(BodyError):
    """A body that may be whole at the next try."""


class TooLargeBodyError(BodyError):
    """A body with more bytes than it may have."""


def quoted(text: object) -> str:
    """Return text from a server for a message: one line, at most 200 characters (R-24)."""
    line = "".join(char if char.isprintable() else " " for char in str(text)[: 4 * _LONGEST])
    line = " ".join(line.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"
