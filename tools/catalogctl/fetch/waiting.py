"""Read from a response's headers how long to wait (registries, 2; RFC 9110, 10.2.3)."""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FEW_LEFT = 5
_SECONDS_OR_TIME = 1_000_000_000
"""A number above this is a Unix time; one up to it is seconds from now."""


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return how many seconds a response asks us to wait, or None if it does not say.

    Retry-After contains seconds or a date; X-Retry-After contains a Unix time, like `now`.
    """
    for name in ("retry-after", "x-retry-after"):
        value = headers.get(name, "").strip()
        if value:
            seconds = _seconds(value, now)
            if seconds is not None:
                return seconds
    return None


def until_reset(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds until a rate limit resets, or None if at least 5 requests are left."""
    remaining = _number(headers.get("x-ratelimit-remaining", ""))
    if remaining is None or remaining >= _FEW_LEFT:
        return None
    reset = headers.get("x-ratelimit-reset", "")
    return _seconds(reset.strip(), now) if reset else None


def _seconds(value: str, now: float) -> float | None:
    number = _number(value)
    if number is not None:
        return max(0.0, number - now) if number > _SECONDS_OR_TIME else number
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, IndexError, OverflowError, TypeError):
        return None


def _number(text: str) -> float | None:
    """Return a text as a non-negative number, or None."""
    text = text.strip()
    if not (text.isascii() and text.replace(".", "", 1).isdigit()):
        return None
    number = float(text)
    return number if math.isfinite(number) else None
