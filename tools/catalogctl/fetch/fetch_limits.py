"""How much time and space one read of a web address may take (hardening R-34, Q-44)."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024

MAX_BYTES = 64 * MIB
"""The most bytes of an answer, packed or unpacked, whose size nothing names."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Seconds and counts for one read.

    `seconds` is the time for everything: connecting, redirects, the pause, and the second try. It
    leaves a command time to start and to say what happened within a minute. `silence` is the
    longest time without a byte, `pause` the wait before the second try unless the host names one,
    of at most `longest_pause`.
    """

    seconds: float = 50
    connect: float = 10
    silence: float = 30
    pause: float = 1
    longest_pause: float = 20
    redirects: int = 5


LIMITS = FetchLimits()
