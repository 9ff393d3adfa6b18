"""Who reads a tree over HTTP while it is built anew gets one edition, if only by asking again."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from support.tree_writer import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUILDS = 50
TRIES = 100


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A plain web server that does not talk."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its base's name)
        """Say nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Serve tmp_path/public, by its path, as web servers do."""
    (tmp_path / "public").mkdir()
    handler = functools.partial(Quiet, directory=str(tmp_path / "public"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def get(url: str) -> bytes | None:
    """Return what is at a URL, None when there is nothing."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            body: bytes = answer.read()
            return body
    except urllib.error.HTTPError:
        return None


def read_whole(address: str) -> int:
    """Read every file that a manifest names; return how often all was to be asked for again."""
    for again in range(TRIES):
        listed = json.loads(get(f"{address}manifest.json") or b"{}").get("files", [])
        bodies = ((file, get(address + file["path"])) for file in listed)
        if listed and all(
            body is not None and hashlib.sha256(body).hexdigest() == file["sha256"]
            for file, body in bodies
        ):
            return again
    raise AssertionError(f"no whole edition in {TRIES} tries")


def test_a_reader_during_many_builds_gets_whole_editions(tmp_path: Path, address: str) -> None:
    """Q-04."""
    out = tmp_path / "public"
    build(out, "first", 12)
    over = threading.Event()

    def publish() -> None:
        for number in range(BUILDS):
            build(out, f"edition-{number}", 12)
        over.set()

    publisher = threading.Thread(target=publish)
    publisher.start()
    reads = 0
    while not over.is_set():
        read_whole(address)
        reads += 1
    publisher.join()
    assert reads > 0
    assert read_whole(address) == 0
