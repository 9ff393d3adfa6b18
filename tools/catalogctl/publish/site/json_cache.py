"""Remember what is made of a plugin's JSON.

Many plugins of a large catalog say the same of their options or their capability. Only what is made
of short JSON is kept, so that the memory it takes does not grow with the catalog.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")

SHORT = 2000
"""Bytes of JSON up to which what is made of it is cached_by_json."""

KEPT = 1000
"""How much is remembered at once; what was not asked for the longest goes first."""


def cached_by_json(make: Callable[[bytes], Made]) -> Callable[[bytes], Made]:
    """Return `make`, which is called once for each short JSON while that is cached_by_json."""
    known = lru_cache(maxsize=KEPT)(make)

    def made(encoded: bytes) -> Made:
        return known(encoded) if len(encoded) <= SHORT else make(encoded)

    return made
