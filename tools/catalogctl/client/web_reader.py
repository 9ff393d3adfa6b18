"""Read the files of a tree that is published at a URL, and keep them for a bad day.

A file is asked for with the ETag of the answer that is kept; one that is kept as the index names
it is not asked for at all. When the host can't be reached the kept answer serves, and its age is
told. Only what was checked is kept.
"""

from __future__ import annotations

import os
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from catalogctl.client.cache import Cache, Kept, age
from catalogctl.client.tree_reader import (
    UNNAMED,
    MissingFile,
    Named,
    NoAnswerError,
    Old,
    Reader,
    StaleFile,
    is_sound,
    is_stale,
)
from catalogctl.fetch.address import tree_address
from catalogctl.fetch.fetch_errors import FetchError, TooLargeError, TooSlowError
from catalogctl.fetch.fetcher import Fetcher
from catalogctl.fetch.response import WholeResponse, whole
from catalogctl.files import is_published_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.jsontypes import JSON

_WHOLE = "#whole"
_QUIET_FOR = 60
"""Seconds for which a host that did not answer in time is not asked again."""


class WebReader(Reader):
    """Reads a published tree over HTTP.

    `tell` gets one line for the person; without a `cache` nothing is kept.
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
        self._fetcher = fetcher or Fetcher(os.environ)
        self._slow: tuple[float, str] | None = None

    def read(
        self,
        path: str,
        sound: Callable[[JSON], bool],
        *,
        named: Named = UNNAMED,
        again: bool = False,
    ) -> bytes:
        """Return the file's bytes: fresh, confirmed by the host or the index, or kept."""
        if not is_published_path(path):
            raise NoAnswerError(f"{self.location} has an index that names no file of a tree")
        url = self.location + path
        kept = self._kept(url, sound)
        if kept is not None and kept.about.sha256 == named.sha256:
            return kept.body
        try:
            answer = self._ask(url, kept, named.most, again=again)
        except FetchError as error:
            if isinstance(error, TooLargeError) and named.size is not None:
                raise StaleFile(path) from error
            return self._fall_back(url, kept, named, error.cause)
        if answer.status == HTTPStatus.NOT_MODIFIED and kept is not None:
            return self._confirmed(path, kept, named)
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
            raise MissingFile(path)
        if answer.status != HTTPStatus.OK:
            return self._fall_back(url, kept, named, f"answered {answer.status}")
        if not is_sound(answer.body, sound, named):
            return self._fall_back(url, kept, named, "did not answer with what belongs there")
        if is_stale(answer.body, named):
            raise StaleFile(path)
        tag, date = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
        self._cache.put(url, answer.body, etag=tag, last_modified=date)
        return answer.body

    def _confirmed(self, path: str, kept: Kept, named: Named) -> bytes:
        """Return a kept answer that the host says is still the right one."""
        if named.sha256 is not None:
            raise StaleFile(path)
        self._cache.confirm(kept)
        return kept.body

    def _kept(self, url: str, sound: Callable[[JSON], bool]) -> Kept | None:
        kept = self._cache.get(url)
        if kept is None or not is_sound(kept.body, sound, Named(size=len(kept.body))):
            return None
        return kept

    def _ask(self, url: str, kept: Kept | None, most: int, *, again: bool) -> WholeResponse:
        """Ask the host; FetchError at once when it did not answer in time a moment ago."""
        if self._slow is not None and time.monotonic() < self._slow[0]:
            raise FetchError(url, self._slow[1])
        headers = {}
        if again:
            headers["Cache-Control"] = "no-cache"
        elif kept is not None and kept.about.etag:
            headers["If-None-Match"] = kept.about.etag
        elif kept is not None and kept.about.last_modified:
            headers["If-Modified-Since"] = kept.about.last_modified
        try:
            return self._fetcher.read(url, whole, most=most, headers=headers)
        except TooSlowError as error:
            self._slow = time.monotonic() + _QUIET_FOR, error.cause
            raise

    def _fall_back(self, url: str, kept: Kept | None, named: Named, why: str) -> bytes:
        """Return the kept answer and tell its age, or raise NoAnswerError."""
        what = f"{url} {why}"
        if kept is None:
            raise NoAnswerError(f"{what} (and nothing is kept of it)", what)
        if self._require_fresh or named.sha256 is not None:
            raise NoAnswerError(what)
        self.tell_old(what, kept.about.fetched_at)
        return kept.body

    def forget(self, path: str) -> None:
        """Keep no answer of a path that the catalog has no more."""
        self._cache.forget(self.location + path)

    def keep_whole(self, index: bytes) -> None:
        """Keep an index whose list was read with it: a snapshot of the catalog."""
        self._cache.put(self.location + _WHOLE, index)

    def last_index(self) -> Old | None:
        """Return the index that was kept whole."""
        return self._old(self._cache.get(self.location + _WHOLE))

    def last(self, path: str, sound: Callable[[JSON], bool]) -> Old | None:
        """Return the answer of a path that was kept, None when only fresh ones count."""
        return self._old(self._kept(self.location + path, sound))

    def _old(self, kept: Kept | None) -> Old | None:
        if kept is None or self._require_fresh:
            return None
        return Old(kept.body, kept.about.fetched_at)

    def tell_old(self, what: str, fetched_at: float) -> None:
        """Tell that an answer from before serves, why, and its age; each age once."""
        how_old = age(self._cache.clock() - fetched_at)
        if how_old not in self._ages_told:
            self._ages_told.add(how_old)
            self._tell(f"{what}: this is its answer of {how_old} ago")
