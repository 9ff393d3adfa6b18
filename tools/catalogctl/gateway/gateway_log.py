"""Write the gateway's log: one JSON object a line, without what clients sent."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from catalogctl.times import api_time

if TYPE_CHECKING:
    from collections.abc import Callable


class GatewayLog:
    """A log whose lines are passed to `write`; `has_calls` is whether each call has a line."""

    def __init__(self, write: Callable[[str], None], *, has_calls: bool = False) -> None:
        self._write = write
        self._has_calls = has_calls

    def event(self, event: str, **fields: str | float) -> None:
        """Log what happened to the gateway itself."""
        self._line({"event": event, **fields})

    def call(self, protocol: str, call: str, code: str, seconds: float) -> None:
        """Log an answered call."""
        if self._has_calls:
            milliseconds = round(seconds * 1000, 1)
            self._line({"protocol": protocol, "call": call, "code": code, "ms": milliseconds})

    def _line(self, fields: dict[str, str | float]) -> None:
        now = api_time(datetime.fromtimestamp(time.time(), UTC))
        self._write(json.dumps({"time": now, **fields}, ensure_ascii=False))
