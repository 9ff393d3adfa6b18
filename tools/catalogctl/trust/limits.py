"""Limit what is read of a host before its signature is known."""

from __future__ import annotations

from dataclasses import dataclass

from catalogctl.fetch.fetch_limits import FetchLimits

_KIB = 1024
_BYTES = {
    "root": 64 * _KIB,
    "snapshot": 64 * _KIB,
    "timestamp": 16 * _KIB,
    "targets": 4 * _KIB * _KIB,
}


def role_of(name: str) -> str:
    """Return the role of a file of metadata, by its path or name, such as `1.root.json`."""
    return name.removesuffix(".json").rpartition("/")[2].rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class TrustLimits:
    """The most bytes of a file of each role, and the most roots that are followed.

    A file of metadata may take `seconds`; a host that sends nothing for `silence` seconds is down.
    Within `quiet` seconds of an answer, it is not asked again. A timestamp up to `lag` seconds
    older than one that was seen counts as that of a cache that lags.
    """

    roots: int = 256
    seconds: float = 30
    silence: float = 20
    quiet: float = 60
    lag: int = 3600

    def of(self, name: str) -> int:
        """Return the most bytes of a file of metadata, by its name, such as `1.root.json`."""
        return _BYTES[role_of(name)]

    @property
    def fetch(self) -> FetchLimits:
        """The limits of one request."""
        return FetchLimits(seconds=self.seconds, silence=self.silence)


LIMITS = TrustLimits()
