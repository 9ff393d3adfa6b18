"""Cut a connection when the time for its answer is up.

A time-out of a socket is for one read: a body, or a header, that trickles in byte by byte never
meets it. So a timer shuts the connection down, whatever it is in the middle of. It holds a
duplicate of the socket, which stays valid while TLS is wrapped around the first one.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Deadline:
    """One answer under way; `overdue` once its time is up, or it was cut before."""

    def __init__(self) -> None:
        self.overdue = False
        self._duplicates: list[socket.socket] = []
        self._lock = threading.Lock()

    def watch(self, connection: socket.socket) -> None:
        """Cut this connection, too, when the time is up."""
        duplicate = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._duplicates.append(duplicate)
            if self.overdue:
                _shut_down(duplicate)

    def cut(self) -> None:
        """Shut the connections down, and those that are still to come."""
        with self._lock:
            self.overdue = True
            for each in self._duplicates:
                _shut_down(each)

    def end(self) -> None:
        """Let go of the connections."""
        with self._lock:
            for each in self._duplicates:
                each.close()
            self._duplicates.clear()


def _shut_down(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[Deadline]:
    """Give what this thread does on connections so many seconds."""
    current = Deadline()
    timer = threading.Timer(seconds, current.cut)
    timer.daemon = True
    timer.start()
    token = _current.set(current)
    try:
        yield current
    finally:
        timer.cancel()
        _current.reset(token)
        current.end()


def watch(connection: socket.socket) -> None:
    """Put a connection under the deadline of this thread, where there is one."""
    if (current := _current.get()) is not None:
        current.watch(connection)
