"""Define the errors raised when a registry gives no usable response."""

from __future__ import annotations

from catalogctl.errors import OutsideError


class RegistryError(OutsideError):
    """A registry did not return what was requested, and a retry would not help.

    `attempts` is the number of requests made.
    """

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = str(self)
        self.attempts = 1


class TransientError(RegistryError):
    """A failure that a retry may resolve.

    `after` is how many seconds the registry asks us to wait, or None if it does not say.
    `unreachable` is true if nothing usable came from the host at all.
    """

    def __init__(
        self, cause: str, *, after: float | None = None, unreachable: bool = False
    ) -> None:
        super().__init__(cause)
        self.after = after
        self.unreachable = unreachable


class GivenUpError(RegistryError):
    """The host was given up earlier in this run, so no request was sent."""


class OutOfTimeError(RegistryError):
    """The time for this image, or for the whole run, is used up."""
