"""A host that answers each connection with exactly the bytes that a test wants, at their pace."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from typing import Self


class Line:
    """One accepted connection; `ended` is set when the test is over."""

    def __init__(self, connection: socket.socket, ended: threading.Event) -> None:
        self._connection = connection
        self._ended = ended

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def request(self) -> str:
        """Read a request and return its first line and its headers."""
        data = b""
        while b"\r\n\r\n" not in data and (more := self._connection.recv(65536)):
            data += more
        return data.decode("latin-1")

    def send(self, data: bytes) -> None:
        """Send some bytes."""
        self._connection.sendall(data)

    def drip(self, piece: bytes = b" ", every: float = 0.05) -> None:
        """Send a piece again and again, until the other side or the test has enough."""
        while not self._ended.wait(every):
            self._connection.sendall(piece)

    def wrap(self, context: ssl.SSLContext) -> None:
        """Go on under TLS."""
        self._connection = context.wrap_socket(self._connection, server_side=True)


Play: TypeAlias = Callable[[Line], None]
"""What a host does on one connection."""


def answer(body: bytes = b"", *headers: str, status: str = "200 OK", length: bool = True) -> bytes:
    """Return an answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {status}", *headers]
    if length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


@contextlib.contextmanager
def host(*plays: Play) -> Iterator[str]:
    """Serve connections, each by the next play, all further ones by the last; give host:port."""
    ended = threading.Event()
    left = list(plays)

    def serve(connection: socket.socket) -> None:
        play = left.pop(0) if len(left) > 1 else left[0]
        with Line(connection, ended) as line, contextlib.suppress(OSError):
            play(line)

    def accept(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)


def says(data: bytes) -> Play:
    """Return a play that answers one request, then hangs up."""

    def play(line: Line) -> None:
        line.request()
        line.send(data)

    return play
