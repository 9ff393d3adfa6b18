"""A listener that a client must not talk to: it keeps every byte that comes."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Trap:
    """A port of loopback that accepts whoever comes; `received` is all that they sent."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.received = b""
        self.callers = 0

    def __enter__(self) -> Trap:  # noqa: PYI034  (it is no base class)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.callers += 1
                with connection:
                    connection.settimeout(2)
                    with contextlib.suppress(OSError):
                        while data := connection.recv(4096):
                            self.received += data
