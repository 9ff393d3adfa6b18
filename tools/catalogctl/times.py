"""Write times in the API's format: UTC, milliseconds, Z (seed, PluginInfo)."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def api_time(moment: datetime) -> str:
    """Return a time in the API's format, such as `2022-01-01T08:02:38.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock(environ: Mapping[str, str]) -> str:
    """Return SOURCE_DATE_EPOCH if it is set, else the current time, in the API's format.

    Raise UsageError if it is not a time, because the clock must not replace it silently.
    """
    epoch = environ.get("SOURCE_DATE_EPOCH", "")
    try:
        seconds = int(epoch) if epoch else int(time.time())
        return api_time(datetime.fromtimestamp(seconds, UTC))
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"SOURCE_DATE_EPOCH is {epoch[:40]}: set it to whole seconds since 1970, or unset it"
        ) from None


_IN_FORMAT = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z"
)
"""Matches most times in the API's format: those of days that every month has."""


def parse_time(text: str) -> str | None:
    """Return an ISO 8601 time in the API's format, or None if it is invalid; it defaults to UTC."""
    if _IN_FORMAT.fullmatch(text) and not text.startswith("0000"):
        return text
    try:
        moment = datetime.fromisoformat(text)
        return api_time(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # the offset may lead out of the valid range
        return None
