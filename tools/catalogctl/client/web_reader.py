"""Read the files of a tree that is published at a URL, and cache them for outages.

A file is requested with the ETag of the cached answer; one that is cached with the hash in the
index is not requested at all. If the host can't be reached, the cached answer is used, and its age
is reported. Only checked answers are cached.
"""

from __future__ import annotations

import os
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from catalogctl.client.cache import Cache, CachedAnswer, age
from catalogctl.client.tree_reader import (
    CONNECTIONS,
    NO_ENTRY,
    IndexEntry,
    MissingFile,
    NoAnswerError,
    OldAnswer,
    Reader,
    Shape,
    StaleFile,
    has_json_shape,
    is_stale,
)
from catalogctl.fetch.address import tree_address
from catalogctl.fetch.fetch_errors import FetchError, TooLargeError, TooSlowError
from catalogctl.fetch.fetcher import Fetcher
from catalogctl.fetch.response import WholeResponse, whole
from catalogctl.files import is_published_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_WHOLE = "#whole"
_QUIET_FOR = 60
"""Seconds for which no request is sent to a host that did not respond in time."""


class WebReader(Reader):
    """Reads a published tree over HTTP.

    `tell` is called with one line for the user; without a `cache`, nothing is cached.
    """

    def __init__(
        self,
        url: str,
        *,
        cache: Cache | None = None,
        tell: Callable[[str], None] = lambda _: None,
        require_fresh: bool = False,
        fetcher: Fetcher | None = None,
    ) -> None:
        self.location = tree_address(url, "--from")
        self._cache = cache or Cache(None)
        self._tell = tell
        self._require_fresh = require_fresh
        self._ages_told: set[str] = set()
        self._fetcher = fetcher or Fetcher(os.environ, connections=CONNECTIONS)
        self._slow: tuple[float, str] | None = None

    def read(
        self,
        path: str,
        has_shape: Shape,
        *,
        entry: IndexEntry = NO_ENTRY,
        again: bool = False,
    ) -> bytes:
        """Return the file's bytes, fresh or cached; raise as `Reader.read` does."""
        if not is_published_path(path):
            raise NoAnswerError(f"{self.location} has an index that names no file of a tree")
        url = self.location + path
        cached = self._cached(url, has_shape)
        if cached is not None and cached.about.sha256 == entry.sha256:
            return cached.body
        try:
            answer = self._ask(url, cached, entry.most, again=again)
        except FetchError as error:
            if isinstance(error, TooLargeError) and entry.size is not None:
                raise StaleFile(path) from error
            return self._fall_back(url, cached, entry, error.cause)
        if answer.status == HTTPStatus.NOT_MODIFIED and cached is not None:
            return self._confirmed(path, cached, entry)
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise MissingFile(path)
        if answer.status != HTTPStatus.OK:
            return self._fall_back(url, cached, entry, f"answered {answer.status}")
        if not has_json_shape(answer.body, has_shape, entry):
            return self._fall_back(url, cached, entry, "did not answer with a file of a catalog")
        if is_stale(answer.body, entry):
            raise StaleFile(path)
        tag, date = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
        self._cache.put(url, answer.body, etag=tag, last_modified=date)
        return answer.body

    def _confirmed(self, path: str, cached: CachedAnswer, entry: IndexEntry) -> bytes:
        """Return a cached answer that the host confirmed.

        Raise StaleFile if the index names another one.
        """
        if entry.sha256 is not None:
            raise StaleFile(path)
        self._cache.confirm(cached)
        return cached.body

    def _cached(self, url: str, has_shape: Shape) -> CachedAnswer | None:
        cached = self._cache.get(url)
        if cached is None or not has_json_shape(
            cached.body, has_shape, IndexEntry(size=len(cached.body))
        ):
            return None
        return cached

    def _ask(
        self, url: str, cached: CachedAnswer | None, most: int, *, again: bool
    ) -> WholeResponse:
        """Send the request; raise FetchError at once if the host timed out recently."""
        if self._slow is not None and time.monotonic() < self._slow[0]:
            raise FetchError(url, self._slow[1])
        headers = {}
        if again:
            headers["Cache-Control"] = "no-cache"
        elif cached is not None and cached.about.etag:
            headers["If-None-Match"] = cached.about.etag
        elif cached is not None and cached.about.last_modified:
            headers["If-Modified-Since"] = cached.about.last_modified
        try:
            return self._fetcher.read(url, whole, most=most, headers=headers)
        except TooSlowError as error:
            self._slow = time.monotonic() + _QUIET_FOR, error.cause
            raise

    def _fall_back(
        self, url: str, cached: CachedAnswer | None, entry: IndexEntry, why: str
    ) -> bytes:
        """Return the cached answer and report its age, or raise NoAnswerError."""
        what = f"{url} {why}"
        if cached is None:
            raise NoAnswerError(f"{what} (and no earlier answer is kept)", what)
        if self._require_fresh or entry.sha256 is not None:
            raise NoAnswerError(what)
        self.report_old_answer(what, cached.about.fetched_at)
        return cached.body

    def stop(self) -> None:
        """End what other threads read: the answers are not wanted any more."""
        self._fetcher.stop()

    def forget(self, path: str) -> None:
        """Remove the cached answer of a path that the catalog no longer has."""
        self._cache.forget(self.location + path)

    def keep_only(self, name: str, paths: Sequence[str], spared: Sequence[str] = ()) -> None:
        """Forget the files that a list consisted of before, but for these, which it has now.

        Those that are `spared` belong to something else, too.
        """
        url = f"{self.location}#parts/{name}"
        before = self._cache.get(url)
        for path in [] if before is None else before.body.decode().split():
            if path not in paths and path not in spared:
                self.forget(path)
        self._cache.put(url, " ".join(paths).encode())

    def cache_snapshot(self, index: bytes) -> None:
        """Cache an index whose list was read with it, as a snapshot of the catalog."""
        self._cache.put(self.location + _WHOLE, index)

    def last_index(self) -> OldAnswer | None:
        """Return the index of the cached snapshot, or None."""
        return self._old(self._cache.get(self.location + _WHOLE))

    def last(
        self, path: str, has_shape: Shape, *, entry: IndexEntry = NO_ENTRY
    ) -> OldAnswer | None:
        """Return the cached answer of a path, or None if there is none or it must be fresh."""
        cached = self._cached(self.location + path, has_shape)
        return None if cached is None or is_stale(cached.body, entry) else self._old(cached)

    def _old(self, cached: CachedAnswer | None) -> OldAnswer | None:
        if cached is None or self._require_fresh:
            return None
        return OldAnswer(cached.body, cached.about.fetched_at)

    def report_old_answer(self, what: str, fetched_at: float) -> None:
        """Report that an old answer is used, why, and its age; each age once."""
        how_old = age(self._cache.clock() - fetched_at)
        if how_old not in self._ages_told:
            self._ages_told.add(how_old)
            self._tell(f"{what}: this is its answer from {how_old} ago")
