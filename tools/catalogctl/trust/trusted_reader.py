"""Read the files of a published tree, each compared with what the keys of its catalog signed."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from catalogctl.client.tree_reader import (
    CONNECTIONS,
    NO_ENTRY,
    IndexEntry,
    MissingFile,
    NoAnswerError,
    OldAnswer,
    StaleFile,
    has_json_shape,
)
from catalogctl.client.web_reader import WebReader
from catalogctl.errors import TrustCode, TrustError
from catalogctl.fetch.fetch_errors import FetchError, OverdueError, TooLargeError
from catalogctl.fetch.fetcher import Fetcher
from catalogctl.files import MANIFEST, is_published_path
from catalogctl.publish.endpoints import INDEX
from catalogctl.publish.manifest import Listed, read_manifest
from catalogctl.trust.editions import SignedEditions
from catalogctl.trust.hash_parts import part_name, published_path, target_of
from catalogctl.trust.limits import LIMITS
from catalogctl.trust.metadata_source import ELSEWHERE, GONE, WebPlace, too_much
from catalogctl.trust.trust_state import trust_state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalogctl.client.cache import Cache
    from catalogctl.client.tree_reader import Shape
    from catalogctl.trust.editions import FoundEdition
    from catalogctl.trust.pins import Pin


class TrustedReader(WebReader):
    """Reads a published tree over HTTP, and believes only what is signed.

    Whatever is kept with the signed hash is not asked for. Which hash is signed follows from the
    part of the hashes that lists a file, or from the index, which is signed itself.
    """

    is_signed = True

    def __init__(
        self,
        url: str,
        pin: Pin | None,
        *,
        cache: Cache,
        tell: Callable[[str], None],
        require_fresh: bool,
    ) -> None:
        fetcher = Fetcher(os.environ, limits=LIMITS.fetch, connections=CONNECTIONS)
        super().__init__(url, cache=cache, tell=tell, require_fresh=require_fresh, fetcher=fetcher)
        self._place = WebPlace(self.location, fetcher)
        self._trust_state = trust_state_of(self.location, os.environ)
        self._editions = SignedEditions(
            self._place, self._trust_state, pin, require_fresh=require_fresh
        )
        self._lock = threading.RLock()
        self._found: FoundEdition | None = None
        self._found_at = 0.0
        self._index_sha256 = ""
        self._parts: dict[str, Mapping[str, Listed]] = {}

    def read(
        self,
        path: str,
        has_shape: Shape,
        *,
        entry: IndexEntry = NO_ENTRY,
        again: bool = False,
    ) -> bytes:
        """Return the file's bytes, which are signed; raise as `Reader.read` does, or TrustError."""
        del again
        if not is_published_path(path):
            raise NoAnswerError(f"{self.location} has an index that names no file of a tree")
        file = self._signed(path, entry)
        cached = self._cache.get(self.location + path)
        if cached is not None and cached.about.sha256 == file.sha256:
            self._report_trouble()
            body = cached.body
        else:
            file, body = self._fetched(lambda: self._signed(path, entry))
            self._cache.put(self.location + path, body)
        if not has_json_shape(body, has_shape, IndexEntry(size=len(body))):
            raise NoAnswerError(f"{self.location}{path} is signed, but is not what belongs there")
        if path == INDEX:
            self._index_sha256 = file.sha256
        return body

    def last_index(self) -> OldAnswer | None:
        """Return the index of the cached snapshot, if it is the one that is signed."""
        last, found = super().last_index(), self._newest()
        signed = found.edition.index.sha256
        if last is None or hashlib.sha256(last.data).hexdigest() != signed:
            return None
        self._index_sha256 = signed
        return OldAnswer(last.data, found.answered_at)

    def last(
        self, path: str, has_shape: Shape, *, entry: IndexEntry = NO_ENTRY
    ) -> OldAnswer | None:
        """Return the cached answer of a path, if it is the one that is signed."""
        last = super().last(path, has_shape)
        if last is None:
            return None
        try:
            signed = self._signed(path, entry).sha256
        except (MissingFile, NoAnswerError):
            return None
        is_signed = hashlib.sha256(last.data).hexdigest() == signed
        return OldAnswer(last.data, self._newest().answered_at) if is_signed else None

    def _newest(self) -> FoundEdition:
        """Return the newest edition that may be believed, looked for once a minute."""
        with self._lock:
            if self._found is None or time.monotonic() - self._found_at >= LIMITS.quiet:
                self._find()
            return self._found or self._find()

    def _find(self, *, past_caches: bool = False) -> FoundEdition:
        before, self._found = self._found, self._editions.newest(past_caches=past_caches)
        if before is not None and before.edition.index != self._found.edition.index:
            self._parts.clear()  # those that still hold are remembered on the disk
        self._found_at = time.monotonic()
        return self._found

    def _look_again(self, found: FoundEdition) -> None:
        """Ask for new signatures, unless another thread has done so meanwhile."""
        with self._lock:
            if self._found is found:
                self._find(past_caches=True)

    def _report_trouble(self) -> None:
        found = self._newest()
        if found.trouble:
            self.report_old_answer(found.trouble, found.answered_at)

    def _signed(self, path: str, entry: IndexEntry) -> Listed:
        """Return what is signed of a file. Raise MissingFile if the edition has no such file.

        An entry comes from the index that was read last: raise StaleFile if there is a newer one.
        """
        edition = self._newest().edition
        if entry.sha256 is not None and entry.size is not None:
            if self._index_sha256 != edition.index.sha256:
                raise StaleFile(path)
            return Listed(path, entry.size, entry.sha256)
        if path in {INDEX, MANIFEST}:
            return edition.index if path == INDEX else edition.manifest
        row = self._part_of(path).get(path)
        if row is None:
            raise MissingFile(path)
        return row

    def _part_of(self, path: str) -> Mapping[str, Listed]:
        """Return what the part of the hashes lists that would list a file."""
        with self._lock:
            name, signed = self._part(path)
            if signed.sha256 not in self._parts:
                data = self._trust_state.part(name, signed.sha256)
                if data is None:
                    signed, data = self._fetched(lambda: self._part(path)[1])
                    name, _ = self._part(path)
                    self._trust_state.keep_part(name, data)
                self._parts[signed.sha256] = self._rows(signed, data)
            return self._parts[signed.sha256]

    def _rows(self, part: Listed, data: bytes) -> Mapping[str, Listed]:
        try:
            return read_manifest(data)
        except ValueError as error:
            raise NoAnswerError(f"{self.location}{part.path} is signed, but {error}") from error

    def _part(self, path: str) -> tuple[str, Listed]:
        """Return the name of the part that would list a file, and the file that the part is."""
        edition = self._newest().edition
        name = part_name(path, edition.bits)
        signed = edition.signed(target_of(name))
        if signed is None:
            raise MissingFile(path)
        return name, Listed(published_path(name, signed.sha256), signed.size, signed.sha256)

    def _fetched(self, find: Callable[[], Listed]) -> tuple[Listed, bytes]:
        """Return a file that `find` returns, and its bytes.

        If the host gives others, they are asked for past every cache; then new signatures are, and
        the file that these name, if it is another one.
        """
        found = self._reachable()
        file = find()
        body, trouble = self._asked(file)
        if body is None:
            body, trouble = self._asked(file, past_caches=True)
        if body is None:
            self._look_again(found)
            self._reachable()
            before, file = file, find()
            if file != before:
                body, trouble = self._asked(file, past_caches=True)
        if body is None:
            raise TrustError(
                TrustCode.TAMPERED,
                f"{self.location}{file.path} {trouble}, also past caches: it is not what was"
                f" signed, so nothing is shown; {ELSEWHERE}",
            )
        return file, body

    def _reachable(self) -> FoundEdition:
        """Return the newest edition. Raise NoAnswerError if the host could not be asked for it."""
        found = self._newest()
        if found.trouble:
            raise NoAnswerError(f"{found.trouble} (and no earlier answer is kept)", found.trouble)
        return found

    def _asked(self, file: Listed, *, past_caches: bool = False) -> tuple[bytes | None, str]:
        """Return the bytes of a file, or None and what came instead."""
        query = f"?sha256={file.sha256}" if past_caches else ""
        seconds = LIMITS.fetch.seconds_for(file.size)
        try:
            answer = self._place.ask(file.path, file.size, query=query, seconds=seconds)
        except TooLargeError:
            return None, f"has more than the {file.size} bytes that are signed"
        except OverdueError as error:
            raise too_much(error) from error
        except FetchError as error:
            raise NoAnswerError(f"{error} (and no earlier answer is kept)", str(error)) from error
        if answer.status in GONE:
            return None, f"answered {answer.status}"
        if answer.status != HTTPStatus.OK:
            raise NoAnswerError(f"{self.location}{file.path} answered {answer.status}")
        found = hashlib.sha256(answer.body).hexdigest()
        if found != file.sha256:
            return None, f"has the sha256 {found[:12]}… instead of {file.sha256[:12]}…"
        return answer.body, ""
