"""The ways in which a registry goes wrong, as replies for `support.loopback.Server`."""

from __future__ import annotations

import gzip
import time
from email.utils import formatdate
from functools import cache
from typing import TYPE_CHECKING

from support.loopback import Reply, in_json, reset
from support.registries import error

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

MIB = 2**20


def silent(connection: socket.socket) -> None:
    """Say nothing until the other side is gone."""
    connection.settimeout(30)
    connection.recv(1)


def reset_in_the_middle(connection: socket.socket) -> None:
    """Begin an answer, then reset."""
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"name": "acme')
    time.sleep(0.05)
    reset(connection)


def trickle(first: bytes) -> Callable[[socket.socket], None]:
    """Send a byte now and then, for ever: no read ever waits long."""

    def send(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(b" ")
            time.sleep(0.05)

    return send


def endless(connection: socket.socket) -> None:
    """Send a list of tags that does not end."""
    connection.sendall(b'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"tags": ["1.0"')
    while True:
        connection.sendall(b', "1.0"' * 10_000)


def busy(retry_after: str | None, header: str = "Retry-After") -> Reply:
    """Answer 429."""
    headers = {} if retry_after is None else {header: retry_after}
    return error(429, "TOOMANYREQUESTS", "slow down", headers)


def in_some_seconds(seconds: int) -> str:
    """Return a time as a header has it."""
    return formatdate(time.time() + seconds, usegmt=True)


@cache
def bomb() -> Reply:
    """Answer with 64 MiB in few bytes."""
    body = gzip.compress(b'{"tags": ["' + b"0" * (64 * MIB) + b'"]}')
    return Reply(200, body, {"Content-Encoding": "gzip", "Content-Type": "application/json"})


HTML = Reply(200, b"<html><form>sign in</form></html>", {"Content-Type": "text/html"})
NO_GZIP = Reply(200, b'{"tags": []}', {"Content-Encoding": "gzip"})
CUT_GZIP = Reply(
    200, gzip.compress(b'{"tags": ["1.0", "1.1"]}' * 99)[:-9], {"Content-Encoding": "gzip"}
)
STRANGE_ENCODING = Reply(200, b"{}", {"Content-Encoding": "br"})
CUT = Reply(200, b'{"name": "acme/plugin-bad", "tags": ["1.0", "1.1"]}', cut=10)
CUT_JSON = Reply(200, b'{"name": "acme/plugin-bad", "tags": ["1.0", ')
GARBAGE = Reply(raw=lambda connection: connection.sendall(b"\x00\xffSSH-2.0-OpenSSH\r\n\r\n"))
SILENCE = Reply(raw=silent)
RESET = Reply(raw=reset_in_the_middle)
TRICKLING_BODY = Reply(raw=trickle(b'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{"tags":'))
TRICKLING_HEADER = Reply(raw=trickle(b"HTTP/1.1 200 OK\r\nX-Long:"))
ENDLESS = Reply(raw=endless)
LIST = in_json([])
NULL = in_json({"name": "acme/plugin-bad", "tags": None})
NUMBER = in_json({"tags": 3})
NUMBERS = in_json({"tags": ["1.0", 3]})
EMPTY_OBJECT = in_json({})
DEEP = Reply(200, b"[" * 200_000)
NOT_UTF8 = Reply(200, b'{"tags": ["\xff\xfe"]}')
