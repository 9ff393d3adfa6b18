"""A URL in, what differs between the tree published there and its manifest.json out.

Files are asked for a few at a time and hashed as they come, never more of one than its row allows.
A manifest that changes meanwhile means that a new tree was put there: then all is compared anew.
"""

from __future__ import annotations

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, urlsplit

import requests

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import MANIFEST
from catalogctl.publish.manifest import MAX_BYTES, Listed, read_manifest
from catalogctl.publish.verify import Difference, Kind, compare_hash, compare_size

TIMEOUT = (10, 30)
"""Seconds to connect, and between two pieces of an answer."""

MAX_SECONDS = 300
PAUSES = (0.5, 2.0)
"""Seconds to wait before each further try."""

_PIECE = 64 * 1024
_DEPLOYS = 3
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_HEADERS = {
    "User-Agent": "catalogctl",
    "Accept-Encoding": "identity",
    "Cache-Control": "no-cache",
}


def verify_url(url: str, *, workers: int) -> list[Difference]:
    """Return every difference, sorted by path; OutsideError when the server does not answer."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{url} is not an http or https address")
    if parts.query or parts.fragment:
        raise UsageError(f"{url} has more than a path; name the address of the tree's folder")
    site = _Site(url.rstrip("/") + "/")
    try:
        return _compare_while_it_changes(site, workers)
    finally:
        site.close()


def _compare_while_it_changes(site: _Site, workers: int) -> list[Difference]:
    """Compare, and once more when the manifest that was compared with is no longer there."""
    manifest = site.manifest()
    for _ in range(_DEPLOYS):
        differences = _compare(site, manifest, workers)
        if not differences:
            break
        again = site.manifest()
        if again == manifest:
            break
        manifest = again
    return differences


def _compare(site: _Site, manifest: bytes | None, workers: int) -> list[Difference]:
    """Hold every file that a manifest lists against the one published."""
    if manifest is None:
        return [Difference(MANIFEST, Kind.MISSING, "without it nothing can be compared")]
    try:
        listed = read_manifest(manifest)
    except ValueError as error:
        return [Difference(MANIFEST, Kind.BROKEN, str(error))]
    pool = ThreadPoolExecutor(workers)
    try:
        found = pool.map(site.compare, listed.values())
        return sorted(difference for difference in found if difference is not None)
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass(slots=True)
class _Body:
    """An answer as far as it was read: its status, its size, and (only when asked) its bytes."""

    status: int
    size: int
    sha256: str
    content: bytes


class _Site:
    """One published tree; each thread has its own connection."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._own = threading.local()
        self._sessions: list[requests.Session] = []

    def close(self) -> None:
        """Close all connections."""
        for session in self._sessions:
            session.close()

    def manifest(self) -> bytes | None:
        """Return the manifest's bytes; None when there is none."""
        body = self._get(MANIFEST, MAX_BYTES, keep=True)
        if body.status in _GONE:
            return None
        if body.status != HTTPStatus.OK:
            raise OutsideError(f"{self._base}{MANIFEST} answered {body.status}")
        return body.content

    def compare(self, listed: Listed) -> Difference | None:
        """Ask for one file and hold it against its row."""
        body = self._get(listed.path, listed.size, keep=False)
        if body.status in _GONE:
            return Difference(listed.path, Kind.MISSING, f"the server answered {body.status}")
        if body.status != HTTPStatus.OK:
            return Difference(listed.path, Kind.UNREADABLE, f"the server answered {body.status}")
        if body.size > listed.size:
            return Difference(listed.path, Kind.CHANGED, f"more than {listed.size} bytes")
        return compare_size(listed.path, body.size, listed) or compare_hash(
            listed.path, body.sha256, listed
        )

    def _get(self, path: str, limit: int, *, keep: bool) -> _Body:
        """Ask for a file, again where that may help; read little more than `limit` bytes."""
        url = self._base + quote(path, safe="/~")
        for pause in (*PAUSES, None):
            try:
                body = self._ask(url, limit, keep=keep)
            except (requests.RequestException, ValueError) as error:  # a host's name that is none
                if pause is None or not isinstance(error, requests.RequestException):
                    raise OutsideError(f"{url} {_cause(error)}") from error
            else:
                busy = body.status >= HTTPStatus.INTERNAL_SERVER_ERROR
                if pause is None or not (busy or body.status == HTTPStatus.TOO_MANY_REQUESTS):
                    return body
            time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _ask(self, url: str, limit: int, *, keep: bool) -> _Body:
        digest, size, kept = hashlib.sha256(), 0, []
        deadline = time.monotonic() + MAX_SECONDS
        with self._session().get(url, headers=_HEADERS, timeout=TIMEOUT, stream=True) as answer:
            if answer.status_code != HTTPStatus.OK:
                return _Body(answer.status_code, 0, "", b"")
            for piece in answer.iter_content(_PIECE):
                size += len(piece)
                digest.update(piece)
                if keep:
                    kept.append(piece)
                if size > limit:
                    break
                if time.monotonic() > deadline:
                    raise requests.Timeout
        return _Body(HTTPStatus.OK, size, digest.hexdigest(), b"".join(kept))

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = requests.Session()
            session.auth = _no_login
            session.max_redirects = 5
            self._sessions.append(session)
        return session


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from reading ~/.netrc: a catalog is public, and passwords stay here."""
    return request


def _cause(error: Exception) -> str:
    """Return in words why there was no whole answer."""
    table: tuple[tuple[type[Exception], str], ...] = (
        (requests.Timeout, "did not answer in time"),
        (requests.exceptions.SSLError, "has no certificate that can be trusted"),
        (requests.exceptions.ChunkedEncodingError, "broke off in the middle of its answer"),
        (requests.ConnectionError, "can't be reached"),
        (requests.TooManyRedirects, "leads to another address again and again"),
    )
    for kind, words in table:
        if isinstance(error, kind):
            return words
    return "did not answer properly"
