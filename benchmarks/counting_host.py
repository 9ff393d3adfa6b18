"""Serve a published tree, and count the requests and the bytes that were sent."""

from __future__ import annotations

import functools
import http.server
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class CountingHost(http.server.SimpleHTTPRequestHandler):
    """Serves a tree; counts requests and bytes of bodies."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    """As servers of static files do: headers and body are written separately, and the second would
    otherwise wait up to 40 ms for the client's delayed acknowledgement of the first."""
    requests = 0
    sent = 0

    def send_response(self, code: int, message: str | None = None) -> None:
        """Count a request."""
        CountingHost.requests += 1
        super().send_response(code, message)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Count the bytes of a file."""
        data = source.read()
        CountingHost.sent += len(data)
        outputfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def forget_counts() -> None:
    """Count from zero again."""
    CountingHost.requests = CountingHost.sent = 0


def asked() -> str:
    """Return what was asked for since `forget_counts`, as part of a line."""
    return f"{CountingHost.requests} requests, {CountingHost.sent:,} bytes"


@contextmanager
def serving(tree: Path) -> Iterator[str]:
    """Serve a tree on a free port of the loopback address; yield its URL."""
    handler = functools.partial(CountingHost, directory=str(tree))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
