"""Serve a preview over HTTP on 127.0.0.1 (R-47).

Only files that a build would publish are served, by their published paths. They are made from what
was read, so no request leads to a file on the disk. A page elsewhere on the web must not read a
preview: a request with another host name is refused, and no other origin is allowed to read a
response.
"""

from __future__ import annotations

import hashlib
import json
import os
from http import HTTPStatus
from http.client import HTTP_PORT
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from catalogctl import resources
from catalogctl.errors import CatalogctlError
from catalogctl.files import is_published_path
from catalogctl.model.plugin_documents import PICTURES
from catalogctl.publish.headers import ANY_TYPE, PICTURE_POLICY, TYPES
from catalogctl.serve import preview_pages
from catalogctl.serve.preview import PreviewState

if TYPE_CHECKING:
    from catalogctl.pipeline.edition_files import EditionFiles
    from catalogctl.serve.preview import Preview

HOST = "127.0.0.1"
OWN = "_preview/"
_RESOURCES = {
    f"{OWN}reload.js": "site/js/preview.js",
    f"{OWN}suggestions.js": "site/js/preview-suggestions.js",
    f"{OWN}preview.css": "site/css/preview.css",
}
_SUGGESTIONS = f"{OWN}suggestions/"
"""The path of the suggestions for a plugin; its id follows."""
LONGEST_WAIT = 25.0
"""Seconds that a page's request for the next state is kept open."""
_TYPES = {**TYPES, "svg": "image/svg+xml"}
"""A drawing says itself how it is encoded."""


class Server(ThreadingHTTPServer):
    """The preview's server; `port` 0 means any free port."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, preview: Preview, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.preview = preview

    @property
    def address(self) -> str:
        """The URL of the preview, with a trailing slash."""
        return f"http://{HOST}:{self.server_port}/"

    @property
    def names(self) -> frozenset[str]:
        """The values of the Host header that are accepted; without a port, it is 80."""
        hosts = (HOST, "localhost", "[::1]")
        named = {f"{host}:{self.server_port}" for host in hosts}
        return frozenset(named | {*hosts} if self.server_port == HTTP_PORT else named)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "catalogctl"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        """Respond with a file, or with one of the preview's own resources."""
        if self.headers.get("Host", "").lower() not in self.server.names:
            self._send(HTTPStatus.MISDIRECTED_REQUEST, b"ask for 127.0.0.1\n", ".txt")
            return
        path = unquote(urlsplit(self.path).path.lstrip("/"), errors="replace")
        if path in _RESOURCES:
            data = resources.read_text(_RESOURCES[path]).encode()
            self._send(HTTPStatus.OK, data, os.path.splitext(path)[1])  # noqa: PTH122
        elif path == f"{OWN}state.json":
            self._send_state()
        elif path.startswith(_SUGGESTIONS):
            found = self.server.preview.suggestions(path.removeprefix(_SUGGESTIONS))
            data = json.dumps(preview_pages.suggested(found)).encode() + b"\n"
            self._send(HTTPStatus.OK, data, ".json")
        else:
            self._send_file(path)

    def do_HEAD(self) -> None:
        """Respond as GET does, without the body."""
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its base's name)
        """Log nothing: the terminal is for the problems."""

    def _send_state(self) -> None:
        """Respond with the state, as soon as it differs from the one that the page knows."""
        known = urlsplit(self.path).query
        attempt = int(known) if known.isdecimal() and len(known) < 10 else -1  # noqa: PLR2004
        state = self.server.preview.wait(attempt, LONGEST_WAIT)
        self._send(
            HTTPStatus.OK, json.dumps(preview_pages.described(state)).encode() + b"\n", ".json"
        )

    def _send_file(self, path: str) -> None:
        state = self.server.preview.state
        if state.files is None:
            page = preview_pages.nothing_yet(state)
            self._send(HTTPStatus.SERVICE_UNAVAILABLE, page.encode(), ".html")
            return
        try:
            self._send_file_of(state.files, path)
        except CatalogctlError as error:
            page = preview_pages.nothing_yet(PreviewState(error=str(error)))
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, page.encode(), ".html")

    def _send_file_of(self, files: EditionFiles, path: str) -> None:
        data = _read(files, path + "index.html" if not path or path.endswith("/") else path)
        if data is not None:
            name = path.rpartition("/")[2]
            self._send(HTTPStatus.OK, data, os.path.splitext(name)[1] if name else ".html")  # noqa: PTH122
        elif path and not path.endswith("/") and _read(files, f"{path}/index.html"):
            self._redirect_to_folder()
        else:
            missing = files.read("404.html") or b"not found\n"
            self._send(HTTPStatus.NOT_FOUND, missing, ".html")

    def _redirect_to_folder(self) -> None:
        """Redirect to the same address with a trailing slash."""
        url = urlsplit(self.path)
        query = f"?{url.query}" if url.query else ""
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", f"/{url.path.strip('/')}/{query}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: HTTPStatus, data: bytes, suffix: str) -> None:
        if suffix == ".html":
            data = preview_pages.with_reload(data)
        etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        unchanged = status is HTTPStatus.OK and self.headers.get("If-None-Match") == etag
        self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else status)
        self.send_header("Content-Type", _TYPES.get(suffix.removeprefix("."), ANY_TYPE))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("ETag", etag)
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        if urlsplit(self.path).path.startswith(f"/{PICTURES}/"):
            self.send_header("Content-Security-Policy", PICTURE_POLICY)
        if not unchanged:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET" and not unchanged:
            try:
                self.wfile.write(data)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True


def _read(files: EditionFiles, path: str) -> bytes | None:
    """Return a file of the edition, or None if there is no such file."""
    return files.read(path) if is_published_path(path) else None
