"""How much of anything one run takes: seconds, bytes, pages, tries (hardening R-22, R-25)."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

KIB, MIB = 1024, 1024 * 1024


@dataclass(frozen=True, slots=True)
class ResolveLimits:
    """Seconds, bytes and counts; `attempts` counts the first try, too.

    `silence` is the longest pause inside an answer, `answer` the longest answer, `image` the time
    for all of an image's answers, `longest_sleep` and `total_sleep` what it may sleep at once and
    in all.
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
        """Return the wait after the n-th failed try: doubling, with full jitter (registries, 6)."""
        most = min(self.backoff_at_most, self.backoff * 2 ** (attempt - 1))
        return random.uniform(0, most)  # noqa: S311  (spreads clients, protects nothing)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as a run sees it; a test brings its own."""

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        return time.monotonic()

    def time(self) -> float:
        """Return seconds since 1970, as other machines count them."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
