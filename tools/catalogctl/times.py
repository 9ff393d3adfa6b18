"""Write times in the API's format: UTC, milliseconds, Z (seed, PluginInfo)."""

from __future__ import annotations

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


def parse_time(text: str) -> str | None:
    """Return an ISO 8601 time in the API's format, or None if it is invalid; it defaults to UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return api_time(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # the offset may lead out of the valid range
        return None
