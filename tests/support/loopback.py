"""A web server on this machine whose every answer a test decides, and which keeps what was asked.

    with Server(lambda asked: Reply(200, b"{}")) as server:
        ...  # server.host, server.log

A reply may misbehave: `cut` sends a part of the body it announced, `raw` takes the connection over.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping
    from types import TracebackType


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: header names in lower case, `number` counts those of the same path from 1."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    number: int


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `cut` leaves out so many of its bytes, `raw` sends what it likes instead."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = 0
    raw: Callable[[socket.socket], None] | None = None


def in_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Return an answer with a JSON body."""
    typed = {"Content-Type": "application/json", **(headers or {})}
    return Reply(status, json.dumps(value).encode(), typed)


def reset(connection: socket.socket) -> None:
    """Close with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Server:
    """A server on a free port of loopback, in threads; with a TLS context it speaks https."""

    def __init__(self, app: Callable[[Asked], Reply], tls: ssl.SSLContext | None = None) -> None:
        self.app = app
        self.log: list[Asked] = []
        self._counts: dict[str, int] = {}
        self._lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_GET(self) -> None:
                server.answer(self)

            do_HEAD = do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  (likewise)

            def log_message(self, *_: Any) -> None:
                pass

        class Threads(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_: Any) -> None:
                pass

        self._server = Threads(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "http" if tls is None else "https"
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"{self.scheme}://{self.host}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Ask the app and send what it says."""
        length = int(handler.headers.get("content-length") or 0)
        parts = urlsplit(handler.path)
        with self._lock:
            number = self._counts[parts.path] = self._counts.get(parts.path, 0) + 1
            asked = Asked(
                handler.command,
                parts.path,
                parse_qs(parts.query, keep_blank_values=True),
                {name.lower(): value for name, value in handler.headers.items()},
                handler.rfile.read(length),
                number,
            )
            self.log.append(asked)
        reply = self.app(asked)
        if reply.raw is not None:
            handler.close_connection = True
            with contextlib.suppress(OSError):
                reply.raw(handler.connection)
            return
        handler.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(reply.body[: len(reply.body) - reply.cut])
        if reply.cut:
            handler.close_connection = True

    def __enter__(self) -> Self:
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def paths(self) -> list[str]:
        """Return what was asked, as "METHOD path", in order."""
        return [f"{asked.method} {asked.path}" for asked in self.log]
