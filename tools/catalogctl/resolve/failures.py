"""Why a registry gave no answer that can be used."""

from __future__ import annotations

from catalogctl.errors import OutsideError


class RegistryError(OutsideError):
    """A registry did not give what was asked for; another try would give the same.

    `attempts` says how often it was asked.
    """

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.attempts = 1


class TransientError(RegistryError):
    """What may be over at the next try.

    `after` is how many seconds the registry wants us to wait, None when it does not say.
    `unreachable` says that nothing sensible came from the host at all.
    """

    def __init__(
        self, cause: str, *, after: float | None = None, unreachable: bool = False
    ) -> None:
        super().__init__(cause)
        self.after = after
        self.unreachable = unreachable


class GivenUpError(RegistryError):
    """The host was given up earlier in this run, so it was not asked."""


class OutOfTimeError(RegistryError):
    """The time for this image, or for the whole run, is used up."""
