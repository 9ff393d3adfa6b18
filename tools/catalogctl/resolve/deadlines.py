"""A deadline for each answer in, the connection cut when it passes.

A time-out of a socket is for one read: a body, or a header, that trickles in byte by byte never
meets it. So one thread looks at the clock and shuts down the connection of whoever is overdue. It
holds a duplicate of the socket, which stays valid while TLS is wrapped around the first one.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_current = threading.local()


class Deadline:
    """One answer under way; `overdue` once its time is up."""

    def __init__(self, due: float) -> None:
        self.due = due
        self.overdue = False
        self.line: socket.socket | None = None
        self.owned: list[socket.socket] = []

    def cut(self) -> None:
        """Shut the connection down, now and if it comes later."""
        self.overdue = True
        if self.line is not None:
            with contextlib.suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)


class Watch:
    """The thread that cuts; it starts with the first guard."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._guards: set[Deadline] = set()
        self._wakes_at = float("inf")
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def guard(self, seconds: float) -> Iterator[Deadline]:
        """Give what this thread does on connections so many seconds."""
        guard = Deadline(time.monotonic() + seconds)
        with self._changed:
            self._guards.add(guard)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif guard.due < self._wakes_at:
                self._changed.notify()
        _current.guard = guard
        _current.lock = self._changed
        try:
            yield guard
        finally:
            _current.guard = None
            with self._changed:
                self._guards.discard(guard)
            for line in guard.owned:
                line.close()

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for guard in [each for each in self._guards if each.due <= now]:
                    guard.cut()
                    self._guards.discard(guard)
                self._wakes_at = min((each.due for each in self._guards), default=float("inf"))
                pause = self._wakes_at - now
                self._changed.wait(None if pause == float("inf") else pause)


def attach(line: socket.socket) -> None:
    """Put a connection under the guard of this thread; `line` is a duplicate of its socket."""
    guard: Deadline | None = getattr(_current, "guard", None)
    if guard is None:
        return
    with _current.lock:
        guard.line = line
        if guard.overdue:
            guard.cut()


def release(line: socket.socket) -> None:
    """Close a duplicate; one that is under guard is needed until the answer is read."""
    guard: Deadline | None = getattr(_current, "guard", None)
    if guard is not None and guard.line is line:
        guard.owned.append(line)
    else:
        line.close()
