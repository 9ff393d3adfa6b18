"""Cut a connection when the time for its response is up.

A socket timeout applies to a single read, so headers or a body arriving byte by byte never hit it.
A timer therefore shuts the connection down, whatever its state. The timer keeps a duplicate of the
socket, which stays valid while TLS is wrapped around the original.
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
    """The deadline of one response; `overdue` is true once it has expired or was cut early."""

    def __init__(self) -> None:
        self.overdue = False
        self._duplicates: list[socket.socket] = []
        self._lock = threading.Lock()

    def watch(self, connection: socket.socket) -> None:
        """Also cut this connection when the time is up."""
        duplicate = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            self._duplicates.append(duplicate)
            if self.overdue:
                _shut_down(duplicate)

    def cut(self) -> None:
        """Shut down the connections, including any added later."""
        with self._lock:
            self.overdue = True
            for each in self._duplicates:
                _shut_down(each)

    def end(self) -> None:
        """Release the connections."""
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
    """Limit this thread's use of connections to this many seconds."""
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
    """Apply this thread's deadline, if any, to a connection."""
    if (current := _current.get()) is not None:
        current.watch(connection)
