"""A URL in, the files of the tree published there out: asked for politely, kept for a bad day.

Each answer is kept with its ETag in a cache folder, keyed by the full URL, and asked for again
with a condition. When the server can't be reached the kept answer serves, and its age is told.
Only what was checked is kept.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
import requests

from catalogctl.client.reader import Missing, is_sound
from catalogctl.errors import OutsideError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.jsontypes import JSON

TIMEOUT = (10, 30)
"""Seconds to connect, and between two pieces of an answer."""

MAX_SECONDS = 300
MAX_BYTES = 1024 * 1024 * 1024
_PIECE = 256 * 1024
_WHOLE = "#whole"
_DIVIDER = b"\0"


class _Kept(msgspec.Struct):
    """What the cache keeps beside a body."""

    url: str
    etag: str
    last_modified: str
    fetched_at: float
    sha256: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    etag: str
    last_modified: str


class _TooMuch(requests.RequestException):
    """A body is larger, or slower, than an answer of a catalog ever is."""


class _NoLogin(requests.auth.AuthBase):
    """Keeps requests from reading ~/.netrc: a catalog is public, and passwords stay here."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class WebReader:
    """Reads a published tree over HTTP.

    `tell` gets one line for the person; without a `cache` folder nothing is kept; `clock` returns
    the seconds since 1970.
    """

    def __init__(
        self,
        url: str,
        *,
        cache: Path | None = None,
        tell: Callable[[str], None] = lambda _: None,
        require_fresh: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.location = catalog_address(url)
        self._cache = cache
        self._tell = tell
        self._require_fresh = require_fresh
        self._clock = clock
        self._told = False
        self._session = requests.Session()
        self._session.auth = _NoLogin()

    def read(self, path: str, sound: Callable[[JSON], bool], *, again: bool = False) -> bytes:
        """Return the file's bytes: fresh, confirmed by the server, or kept from before."""
        url = self.location + path
        kept = self._kept(url, sound)
        try:
            answer = self._ask(url, kept[0] if kept else None, again=again)
        except (requests.RequestException, ValueError) as error:  # a host's name that is none
            return self._fall_back(url, kept, _cause(error))
        if answer.status == HTTPStatus.NOT_MODIFIED and kept is not None:
            self._confirm(url, kept[0])
            return kept[1]
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise Missing(path)
        if answer.status != HTTPStatus.OK:
            return self._fall_back(url, kept, f"answered {answer.status}")
        if not is_sound(answer.body, sound):
            return self._fall_back(url, kept, "did not answer with what belongs there")
        self._keep(url, answer)
        return answer.body

    def _ask(self, url: str, kept: _Kept | None, *, again: bool) -> _Answer:
        headers = {"User-Agent": "catalogctl", "Accept": "application/json"}
        if again:
            headers["Cache-Control"] = "no-cache"
        elif kept is not None and kept.etag:
            headers["If-None-Match"] = kept.etag
        elif kept is not None and kept.last_modified:
            headers["If-Modified-Since"] = kept.last_modified
        with self._session.get(url, headers=headers, timeout=TIMEOUT, stream=True) as response:
            body = _read_all(response) if response.status_code == HTTPStatus.OK else b""
            return _Answer(
                response.status_code,
                body,
                response.headers.get("ETag", ""),
                response.headers.get("Last-Modified", ""),
            )

    def _fall_back(self, url: str, kept: tuple[_Kept, bytes] | None, cause: str) -> bytes:
        """Return the kept answer and tell its age, or raise OutsideError."""
        if kept is None or self._require_fresh:
            raise OutsideError(f"{url} {cause}" + ("" if kept else " (and nothing is kept of it)"))
        if not self._told:
            age = _age(self._clock() - kept[0].fetched_at)
            self._tell(f"{url} {cause}: this is its answer of {age} ago")
            self._told = True
        return kept[1]

    def forget(self, path: str) -> None:
        """Keep no answer of a path that the catalog has no more."""
        for file in self._files(self.location + path) or ():
            with suppress(OSError):
                file.unlink(missing_ok=True)

    def keep_whole(self, index: bytes, plugins: bytes) -> None:
        """Keep an index and the list that it names: one edition, whole."""
        self._keep(self.location + _WHOLE, _Answer(200, index + _DIVIDER + plugins, "", ""))

    def last_whole(self) -> tuple[bytes, bytes] | None:
        """Return the last index and list that were kept together, and tell that they are old."""
        kept = self._kept(self.location + _WHOLE)
        if kept is None or self._require_fresh:
            return None
        index, _, plugins = kept[1].partition(_DIVIDER)
        age = _age(self._clock() - kept[0].fetched_at)
        self._tell(
            f"{self.location} names another list than it has: this is its answer of {age} ago"
        )
        return index, plugins

    def _files(self, url: str) -> tuple[Path, Path] | None:
        if self._cache is None:
            return None
        name = hashlib.sha256(url.encode()).hexdigest()
        return self._cache / f"{name}.json", self._cache / f"{name}.body"

    def _kept(
        self, url: str, sound: Callable[[JSON], bool] | None = None
    ) -> tuple[_Kept, bytes] | None:
        """Return what the cache holds of a URL, whole and checked; None when anything is off."""
        files = self._files(url)
        if files is None:
            return None
        try:
            kept = msgspec.json.decode(files[0].read_bytes(), type=_Kept)
            body = files[1].read_bytes()
        except (OSError, msgspec.MsgspecError):
            return None
        whole = hashlib.sha256(body).hexdigest() == kept.sha256
        fits = kept.url == url and whole and (sound is None or is_sound(body, sound))
        return (kept, body) if fits else None

    def _keep(self, url: str, answer: _Answer) -> None:
        """Keep an answer; a cache that can't be written is no reason to fail."""
        files = self._files(url)
        if files is None:
            return
        digest = hashlib.sha256(answer.body).hexdigest()
        kept = _Kept(url, answer.etag, answer.last_modified, self._clock(), digest)
        try:
            files[0].parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _replace(files[1], answer.body)
            _replace(files[0], msgspec.json.encode(kept))
        except OSError:
            return

    def _confirm(self, url: str, kept: _Kept) -> None:
        """Keep that an answer was still the right one now: its age counts from here."""
        if files := self._files(url):
            kept.fetched_at = self._clock()
            with suppress(OSError):
                _replace(files[0], msgspec.json.encode(kept))


def catalog_address(url: str) -> str:
    """Return the address below which a catalog's files lie; UsageError when it can't be one."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host = None
    if not host or not url.isprintable() or " " in url:
        raise UsageError("--from takes the catalog's address, such as https://plugins.example.org/")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"--from {host}: leave user and password out, a catalog is public")
    if parts.query or parts.fragment or url.endswith(("?", "#")):
        raise UsageError(f"--from {host}: give the catalog's address alone, without ? or #")
    return url.rstrip("/") + "/"


def _replace(path: Path, data: bytes) -> None:
    """Write a file of the cache beside its place, then put it there in one step."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _read_all(response: requests.Response) -> bytes:
    """Return a body within the limits of size and time; RequestException beyond them."""
    deadline = time.monotonic() + MAX_SECONDS
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_content(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > MAX_BYTES or time.monotonic() > deadline:
            raise _TooMuch
    return b"".join(pieces)


def _cause(error: Exception) -> str:
    """Return in words why there was no answer."""
    if isinstance(error, _TooMuch):
        return "sent too much, or too slowly"
    if isinstance(error, requests.Timeout):
        return "did not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "has no certificate that can be trusted"
    if isinstance(error, requests.ConnectionError):
        return "can't be reached"
    return "did not answer properly"


def _age(seconds: float) -> str:
    """Return a duration in its largest whole unit."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"


def cache_folder(environ: dict[str, str]) -> Path | None:
    """Return where answers are kept; None when there is no home for it.

    A relative XDG_CACHE_HOME counts as none (XDG base directories, 0.8).
    """
    home = environ.get("HOME", "")
    base = environ.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):
        base = f"{home}/.cache" if home else ""
    return Path(base) / "catalogctl" if base else None
