"""Why a web address gave nothing that can be used."""

from __future__ import annotations

from catalogctl.errors import OutsideError


class FetchError(OutsideError):
    """A read failed; `cause` says why, without the address."""

    def __init__(self, url: str, cause: str) -> None:
        super().__init__(f"{url} {cause}")
        self.cause = cause


class TooLargeError(FetchError):
    """The answer has more bytes than it may have."""


class TooSlowError(FetchError):
    """The answer did not come in time."""
