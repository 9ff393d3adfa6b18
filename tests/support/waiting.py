"""Waiting for a condition, in place of sleeping for a time that may be too short or too long."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 60.0


def wait_until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for a thing to come about, asking for it again and again."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def is_waiting(pid: int) -> bool:
    """Return whether a process sleeps: in a read or write that can't go on, or for a lock."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    return stat.rpartition(")")[2].split()[0] == "S"
