"""Track what one image may still use in a run: time, bytes, sleep (hardening R-22, R-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.resolve.failures import OutOfTimeError, RegistryError

if TYPE_CHECKING:
    from catalogctl.resolve.resolve_limits import Clock, ResolveLimits


class ImageBudget:
    """The budget of one image; `ends_at` is the end of the run in the clock's monotonic seconds."""

    def __init__(self, limits: ResolveLimits, clock: Clock, ends_at: float | None = None) -> None:
        self.limits = limits
        self.clock = clock
        self._run_ends_at = ends_at
        self._image_ends_at = clock.monotonic() + limits.image
        self._bytes = 0
        self._slept = 0.0

    def seconds(self) -> float:
        """Return the seconds left for the next response; raise OutOfTimeError if there are none."""
        now = self.clock.monotonic()
        if self._run_ends_at is not None and now >= self._run_ends_at:
            raise OutOfTimeError("the time for this run was used up")
        if now >= self._image_ends_at:
            raise OutOfTimeError(f"its answers took longer than {self.limits.image:g} s in all")
        ends = [self._image_ends_at - now, self.limits.answer]
        if self._run_ends_at is not None:
            ends.append(self._run_ends_at - now)
        return max(0.001, min(ends))

    def refund(self, seconds: float) -> None:
        """Give back seconds that were spent in our own queue, not by the registry."""
        self._image_ends_at += seconds

    def take(self, count: int) -> None:
        """Count decoded bytes; raise RegistryError if the image has used too many."""
        self._bytes += count
        if self._bytes > self.limits.image_bytes:
            raise RegistryError(
                f"its answers have more than {self.limits.image_bytes // 2**20} MiB in all"
            )

    def sleep(self, seconds: float) -> None:
        """Sleep because the registry asked for it, or before another try.

        Raise RegistryError if that is longer than an image may sleep, and OutOfTimeError if the run
        would end first.
        """
        limits = self.limits
        self._slept += seconds
        if seconds > limits.longest_sleep or self._slept > limits.total_sleep:
            raise RegistryError(f"it asks to wait longer than {limits.total_sleep:g} s in all")
        ends_at = self._run_ends_at
        if ends_at is not None and self.clock.monotonic() + seconds >= ends_at:
            raise OutOfTimeError("the time for this run was used up")
        self._image_ends_at += seconds
        self.clock.sleep(seconds)
