"""Write times as the API does: UTC, milliseconds, Z (seed, PluginInfo)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from catalogctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


def api_time(moment: datetime) -> str:
    """Return a moment as `2022-01-01T08:02:38.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clock(environ: Mapping[str, str]) -> str:
    """Return SOURCE_DATE_EPOCH where it is set, else the time of the clock.

    UsageError when it is not a time: the clock must not stand in for it in silence.
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
    """Return an ISO 8601 time as the API writes it; without an offset it is UTC; None if none."""
    try:
        moment = datetime.fromisoformat(text)
        return api_time(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # the offset may lead out of the calendar
        return None
