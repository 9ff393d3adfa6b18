"""Define the time and size limits for one read of a web address (hardening R-34, Q-44)."""

from __future__ import annotations

from typing import NamedTuple

MIB = 1024 * 1024

MAX_BYTES = 64 * MIB
"""The maximum size of a response, packed or unpacked, whose size is not known beforehand."""


class FetchLimits(NamedTuple):
    """Limits in seconds and counts for one read.

    `seconds` is the total time for connecting, redirects, the pause and the second try. It leaves a
    command enough time to start and report the result within a minute. `silence` is the longest
    time without a byte. `pause` is the wait before the second try, unless the host names one of at
    most `longest_pause`. A file of a known size may take another second for each `bytes_a_second`.
    """

    seconds: float = 50
    connect: float = 10
    silence: float = 30
    pause: float = 1
    longest_pause: float = 20
    redirects: int = 5
    bytes_a_second: int = 100_000

    def seconds_for(self, size: int) -> float:
        """Return how many seconds a file of a known size may take."""
        return self.seconds + size / self.bytes_a_second


LIMITS = FetchLimits()
