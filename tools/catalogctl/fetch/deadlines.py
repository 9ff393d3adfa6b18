"""Cut a connection when the time for its answer is up.

A time-out of a socket is for one read: a body, or a header, that trickles in byte by byte never
meets it. So one thread looks at the clock and shuts down every connection that is overdue. It
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
    """One answer under way; `overdue` once its time, on the monotonic clock, is up."""

    def __init__(self, due: float) -> None:
        self.due = due
        self.overdue = False
        self.socket: socket.socket | None = None
        self.released: list[socket.socket] = []

    def cut(self) -> None:
        """Shut the connection down, now or as soon as there is one."""
        self.overdue = True
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)


class Watch:
    """The thread that cuts connections; it starts with the first deadline."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._deadlines: set[Deadline] = set()
        self._wakes_at = float("inf")
        self._thread: threading.Thread | None = None

    @contextlib.contextmanager
    def deadline(self, seconds: float) -> Iterator[Deadline]:
        """Give what this thread does on connections so many seconds."""
        deadline = Deadline(time.monotonic() + seconds)
        with self._changed:
            self._deadlines.add(deadline)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif deadline.due < self._wakes_at:
                self._changed.notify()
        _current.deadline = deadline
        _current.lock = self._changed
        try:
            yield deadline
        finally:
            _current.deadline = None
            with self._changed:
                self._deadlines.discard(deadline)
            for each in deadline.released:
                each.close()

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for deadline in [each for each in self._deadlines if each.due <= now]:
                    deadline.cut()
                    self._deadlines.discard(deadline)
                self._wakes_at = min((each.due for each in self._deadlines), default=float("inf"))
                pause = self._wakes_at - now
                self._changed.wait(None if pause == float("inf") else pause)


def attach(duplicate: socket.socket) -> None:
    """Put a connection under the deadline of this thread, by a duplicate of its socket."""
    deadline: Deadline | None = getattr(_current, "deadline", None)
    if deadline is None:
        return
    with _current.lock:
        deadline.socket = duplicate
        if deadline.overdue:
            deadline.cut()


def release(duplicate: socket.socket) -> None:
    """Close a duplicate, or leave that to its deadline until the answer is read."""
    deadline: Deadline | None = getattr(_current, "deadline", None)
    if deadline is not None and deadline.socket is duplicate:
        deadline.released.append(duplicate)
    else:
        duplicate.close()
