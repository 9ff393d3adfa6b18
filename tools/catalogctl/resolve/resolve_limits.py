"""Define the limits of a run: seconds, bytes, pages, tries (hardening R-22, R-25)."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

KIB, MIB = 1024, 1024 * 1024


@dataclass(frozen=True, slots=True)
class ResolveLimits:
    """Limits in seconds, bytes and counts; `attempts` includes the first try.

    `silence` is the longest pause within a response, `answer` the time for one response, and
    `image` the time for all responses of an image. `longest_sleep` and `total_sleep` limit an
    image's single sleeps and their sum.
    """

    connect: float = 7
    silence: float = 12
    answer: float = 30
    image: float = 120
    longest_sleep: float = 60
    total_sleep: float = 120
    backoff: float = 0.5
    backoff_at_most: float = 20
    attempts: int = 3
    token_bytes: int = 64 * KIB
    page_bytes: int = 16 * MIB
    manifest_bytes: int = 4 * MIB
    image_bytes: int = 64 * MIB
    pages: int = 1000
    tags: int = 200_000
    redirects: int = 5
    per_host: int = 4
    in_all: int = 8

    def pause_after(self, attempt: int) -> float:
        """Return the seconds to wait after failure n: doubling, full jitter (registries, 6)."""
        most = min(self.backoff_at_most, self.backoff * 2 ** (attempt - 1))
        return random.uniform(0, most)  # noqa: S311  (spreads load, not for security)


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of a run; tests replace it."""

    def monotonic(self) -> float:
        """Return seconds that never decrease."""
        return time.monotonic()

    def time(self) -> float:
        """Return the Unix time in seconds."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Sleep for this many seconds."""
        time.sleep(seconds)
