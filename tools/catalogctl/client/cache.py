"""Cache the files of published catalogs in a folder, for outages and conditional requests.

Each answer is one file, named by the hash of its full address: a line of metadata, then the
answer's bytes. It is replaced atomically; an entry that is inconsistent counts as not cached.
"""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.errors import OutsideError
from catalogctl.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CONFIRM_AFTER = 3600
"""Seconds after which the confirmation of an answer is written to its entry."""


class CacheEntry(msgspec.Struct, frozen=True):
    """The metadata of a cached answer; `fetched_at` is in seconds since 1970."""

    url: str
    etag: str
    last_modified: str
    fetched_at: float
    sha256: str


class CachedAnswer(NamedTuple):
    """A cached answer: its metadata and its bytes."""

    about: CacheEntry
    body: bytes


class Cache:
    """The cached answers of all catalogs; without a folder, nothing is cached.

    A folder that can't be written to is not an error.
    """

    def __init__(self, folder: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self.clock = clock

    def get(self, url: str) -> CachedAnswer | None:
        """Return the cached answer of an address, or None if there is no intact one."""
        path = self._path(url)
        try:
            head, _, body = path.read_bytes().partition(b"\n") if path else (b"", b"", b"")
            about = msgspec.json.decode(head, type=CacheEntry)
        except (OSError, msgspec.MsgspecError, RecursionError):
            return None
        fits = about.url == url and hashlib.sha256(body).hexdigest() == about.sha256
        return CachedAnswer(about, body) if fits else None

    def put(self, url: str, body: bytes, *, etag: str = "", last_modified: str = "") -> None:
        """Cache an answer; one that is already cached is only confirmed."""
        digest = hashlib.sha256(body).hexdigest()
        about = CacheEntry(url, etag, last_modified, self.clock(), digest)
        cached = self.get(url)
        if cached is not None and cached.about == _at(about, cached.about.fetched_at):
            self.confirm(cached)
        else:
            self._write(CachedAnswer(about, body))

    def confirm(self, cached: CachedAnswer) -> None:
        """Note that an answer is still current: its age is counted from now.

        Ages are reported in hours, so nothing is written within the first hour.
        """
        now = self.clock()
        if abs(now - cached.about.fetched_at) >= _CONFIRM_AFTER:
            self._write(CachedAnswer(_at(cached.about, now), cached.body))

    def forget(self, url: str) -> None:
        """Remove the cached answer of an address."""
        if path := self._path(url):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _path(self, url: str) -> Path | None:
        name = hashlib.sha256(url.encode()).hexdigest()
        return self._folder / f"{name}.cached" if self._folder is not None else None

    def _write(self, answer: CachedAnswer) -> None:
        if path := self._path(answer.about.url):
            with suppress(OSError, OutsideError):
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                data = msgspec.json.encode(answer.about) + b"\n" + answer.body
                write_atomic(path, data, mode=0o600)


def _at(about: CacheEntry, seconds: float) -> CacheEntry:
    return msgspec.structs.replace(about, fetched_at=seconds)


def age(seconds: float) -> str:
    """Return a duration in words, in its largest whole unit; `seconds` is its length."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return "less than a minute"
