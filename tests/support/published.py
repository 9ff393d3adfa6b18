"""A published catalog on a real HTTP server of this machine, whose answers a test can spoil."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.client.cache import Cache
from catalogctl.client.published_catalog import PublishedCatalog
from catalogctl.client.web_reader import WebReader
from catalogctl.fetch.fetch_limits import FetchLimits
from catalogctl.fetch.fetcher import Fetcher

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject

API = "repository/v1/plugin"
INDEX = "index.json"
ALL = f"{API}/list/all.json"
PLUGIN = "plugin-a"
GET = f"{API}/get/{PLUGIN}.json"
STAT = f"{API}/stat/by-state.json"


class Reply(NamedTuple):
    """What a server answers instead of the file.

    `length` is what it says when that is a lie; with a `drip` it goes on with a blank after each of
    so many seconds, with a `flood` it goes on with these bytes at once.
    """

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    length: int | None = None
    drip: float = 0
    flood: bytes = b""


class Request(NamedTuple):
    """What a client asked."""

    path: str
    headers: Mapping[str, str]


def info(plugin_id: str, edition: int = 1) -> JSONObject:
    """Return a PluginInfo as small as they come; its name tells the edition."""
    return {
        "plugin_id": plugin_id,
        "name": f"{plugin_id} of edition {edition}",
        "state": "ENABLED",
        "repository_info": {"repository_id": "repo-1"},
    }


def edition(
    number: int,
    *,
    plugins: tuple[str, ...] = (PLUGIN, "plugin-b"),
    repository_id: str = "repo-1",
) -> dict[str, bytes]:
    """Return the files of one edition of a catalog, by path."""
    rows = [info(plugin_id, number) for plugin_id in plugins]
    listed = encoded({"results": list(rows), "total_count": len(rows)})
    files = {f"{API}/get/{row['plugin_id']}.json": encoded(row) for row in rows}
    for plugin_id in plugins:
        answer: JSONObject = {"results": [f"{number}.0"], "total_count": 1}
        files[f"{API}/get-versions/{plugin_id}.json"] = encoded(answer)
    files[STAT] = encoded({"results": [{"state": "ENABLED", "count": number}]})
    index: JSONObject = {
        "schema_version": 1,
        "repository_info": {"repository_id": repository_id},
        "source": {"commit": f"{number:040x}", "commit_time": f"2026-01-0{number}T00:00:00.000Z"},
        "now": f"2026-01-0{number}T00:00:00.000Z",
        "endpoints": {},
        "lists": {"all": {"path": ALL, "size": len(listed), "sha256": sha256(listed)}},
        "stats": {"by-state": {"path": STAT, "sha256": sha256(files[STAT])}},
        "saved": {},
        "plugins": [_row(each, number, files) for each in plugins],
    }
    return {**files, ALL: listed, "index.json": encoded(index)}


def _row(plugin_id: str, number: int, files: Mapping[str, bytes]) -> JSONObject:
    """Return what the index says of a plugin."""
    return {
        "plugin_id": plugin_id,
        "latest_version": f"{number}.0",
        "sha256": sha256(files[f"{API}/get/{plugin_id}.json"]),
        "versions_sha256": sha256(files[f"{API}/get-versions/{plugin_id}.json"]),
    }


def sha256(data: bytes) -> str:
    """Return the hash of a file, as the index has it."""
    return hashlib.sha256(data).hexdigest()


def encoded(value: JSONObject) -> bytes:
    """Return a value as a file of the tree."""
    return json.dumps(value).encode()


@dataclass
class Site:
    """A server of files below `/catalog/`; `spoil` may answer a request in their stead."""

    files: dict[str, bytes]
    spoil: Callable[[Request], Reply | None] = lambda _: None
    etags: bool = True
    requests: list[Request] = field(default_factory=list)
    url: str = ""
    flooded: int = 0
    _server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Listen on a free port of this machine."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                request = Request(self.path.removeprefix("/catalog/"), dict(self.headers.items()))
                site.requests.append(request)
                reply = site.spoil(request) or site.reply(request)
                self.send_response(reply.status)
                for name, value in reply.headers:
                    self.send_header(name, value)
                length = len(reply.body) if reply.length is None else reply.length
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(reply.body)
                with suppress(OSError):
                    while reply.drip:
                        time.sleep(reply.drip)
                        self.wfile.write(b" ")
                    while reply.flood:
                        self.wfile.write(reply.flood)
                        site.flooded += len(reply.flood)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/catalog/"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Go down: whoever asks now is refused."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def reply(self, request: Request) -> Reply:
        """Answer as a static host does."""
        body = self.files.get(request.path.partition("?")[0])
        if body is None:
            return Reply(404, b"<h1>not found</h1>", (("Content-Type", "text/html"),))
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        date = formatdate(int(tag[1:7], 16), usegmt=True)
        if self.etags and request.headers.get("If-None-Match") == tag:
            return Reply(304, headers=(("ETag", tag),))
        if not self.etags and request.headers.get("If-Modified-Since") == date:
            return Reply(304)
        about = ("ETag", tag) if self.etags else ("Last-Modified", date)
        return Reply(200, body, (about, ("Content-Type", "application/json")))

    @property
    def asked(self) -> list[str]:
        """The paths asked for, in order."""
        return [request.path for request in self.requests]


@dataclass
class Client:
    """Opens the catalog as each run of the command does: with one cache, and told what it tells."""

    site: Site
    cache: Path
    told: list[str] = field(default_factory=list)
    limits: FetchLimits = field(default_factory=lambda: FetchLimits(pause=0))
    seconds: float = 1_700_000_000.0

    def catalog(self, *, require_fresh: bool = False) -> PublishedCatalog:
        """Open the catalog anew."""
        reader = WebReader(
            self.site.url,
            cache=Cache(self.cache, lambda: self.seconds),
            tell=self.told.append,
            require_fresh=require_fresh,
            fetcher=Fetcher({}, limits=self.limits),
        )
        return PublishedCatalog(reader)

    def file(self, path: str) -> Path:
        """Return where the cache keeps a file of the catalog, and what it knows of it."""
        name = sha256((self.site.url + path).encode())
        return self.cache / f"{name}.cached"

    def kept(self, path: str) -> bytes | None:
        """Return what the cache keeps of a file of the catalog."""
        file = self.file(path)
        return file.read_bytes().partition(b"\n")[2] if file.exists() else None
