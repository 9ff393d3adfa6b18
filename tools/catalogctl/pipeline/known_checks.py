"""Keep the checks of plugin files, so that the next command checks only those that changed.

A check is of a plugin file, its lock and its documents: it holds while all are as they were. What
`validate` reports of the whole catalog is made of all checks each time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from catalogctl.build_cache.cache_file import CachedRow
from catalogctl.content_hash import content_digest
from catalogctl.pipeline.cache_epochs import check_epoch
from catalogctl.pipeline.check_files import FileCheck
from catalogctl.pipeline.document_checks import NO_STATES, DocumentStates, document_states
from catalogctl.pipeline.known_plugin import EPOCH
from catalogctl.pipeline.source_states import ReadState, stamp_of
from catalogctl.problem import Problem
from catalogctl.source.folder import MAX_LOCK_SIZE, MAX_YAML_SIZE
from catalogctl.validate.between_plugins import Claim

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from catalogctl.build_cache.cache_file import CacheFile
    from catalogctl.pipeline.check_files import CheckedFile
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.folder import Folder

_CHECK = "check"


class CheckRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The check of all files of a plugin; `problems` name files relative to the catalog."""

    file: ReadState
    lock: ReadState | None
    documents: DocumentStates
    claim: Claim | None
    problems: tuple[Problem, ...]


class KnownChecks:
    """The checks that a cache has of the plugin files of an open catalog.

    `held` are those that hold, by file name, without the names in `keep`. Each file on the disk is
    looked at once, when this is made, unless nothing would use what is found.
    """

    def __init__(self, cache: CacheFile, opened: OpenCatalog, keep: Collection[str] = ()) -> None:
        self._cache = cache
        self._opened = opened
        self._epoch = check_epoch(opened.top.written)
        self._is_fresh = cache.value(*EPOCH) != self._epoch
        self._records = {} if self._is_fresh else dict(_read(cache))
        self._files: Mapping[str, ReadState] = {}
        self._locks: Mapping[str, ReadState] = {}
        self._documents: Mapping[str, DocumentStates] = {}
        self.held: Mapping[str, FileCheck[CheckedFile]] = {}
        if self._records or cache.writes:
            self._look(keep)

    def _look(self, keep: Collection[str]) -> None:
        """Look at each file on the disk, and find the checks that hold."""
        opened, records = self._opened, self._records.items()
        files = {f"{stem}.yaml": record.file for stem, record in records}
        locks = {f"{stem}.json": record.lock for stem, record in records if record.lock}
        names = opened.plugins.names
        self._files = _states(opened.plugin_folder, names, files, MAX_YAML_SIZE)
        self._locks = _states(opened.lock_folder, opened.locks, locks, MAX_LOCK_SIZE)
        documents = {stem: record.documents for stem, record in records}
        self._documents = document_states(opened, opened.documents.plugin_ids, documents)
        checks = {name: self._check(name) for name in names if name not in keep}
        self.held = {name: check for name, check in checks.items() if check is not None}

    def _check(self, name: str) -> FileCheck[CheckedFile] | None:
        """Return the check of a plugin file, if it holds."""
        stem = name.removesuffix(".yaml")
        record, file = self._records.get(stem), self._files.get(name)
        if record is None or file is None or file.digest != record.file.digest:
            return None
        lock_name = f"{stem}.json"
        lock = self._locks.get(lock_name)
        if (lock_name in self._opened.locks) != (lock is not None):
            return None  # it can't be read
        if (lock and lock.digest) != (record.lock and record.lock.digest):
            return None
        documents = self._documents.get(stem, NO_STATES)
        if documents.digest != record.documents.digest or not documents.is_whole:
            return None
        problems = self._opened.labelled(record.problems)
        files = (1 if lock is None else 2) + len(documents.files)
        return FileCheck(record.claim, problems, files, None)

    def save(self, checks: Iterable[tuple[str, FileCheck[CheckedFile]]]) -> None:
        """Replace the records by those of these checks, by file name, where they changed."""
        if self._cache.writes:
            self._cache.update(self._changes(checks), fresh=self._is_fresh)

    def _changes(self, checks: Iterable[tuple[str, FileCheck[CheckedFile]]]) -> Iterator[CachedRow]:
        if self._is_fresh:
            yield CachedRow(*EPOCH, self._epoch)
        left = set(self._records)
        encoder = msgspec.msgpack.Encoder()
        for name, check in checks:
            stem = name.removesuffix(".yaml")
            before = self._records.get(stem)
            if before and self.held.get(name) is check and self._has_states(stem, before):
                left.discard(stem)
                continue
            record = self._record(name, check)
            if record is not None:
                left.discard(stem)
                yield CachedRow(_CHECK, stem, encoder.encode(record))
        for stem in left:
            yield CachedRow(_CHECK, stem, None)

    def _has_states(self, stem: str, record: CheckRecord) -> bool:
        """Return whether the signatures of a plugin's files are those of its record."""
        file, lock = self._files.get(f"{stem}.yaml"), self._locks.get(f"{stem}.json")
        documents = self._documents.get(stem, NO_STATES)
        return file is record.file and lock is record.lock and documents == record.documents

    def _record(self, name: str, check: FileCheck[CheckedFile]) -> CheckRecord | None:
        """Return the record of a check, None if it can't be told what was checked."""
        stem = name.removesuffix(".yaml")
        lock_name = f"{stem}.json"
        is_held = self.held.get(name) is check
        if is_held:
            file, lock = self._files.get(name), self._locks.get(lock_name)
        else:
            file = _as_checked(self._files.get(name), check.digest)
            lock = _as_checked(self._locks.get(lock_name), check.lock_digest)
        if file is None or (lock_name in self._opened.locks) != (lock is not None):
            return None
        documents = self._documents.get(stem, NO_STATES)
        if not documents.is_whole or not (is_held or documents.digest == check.documents):
            return None
        problems = self._opened.unlabelled(check.problems)
        return CheckRecord(file, lock, documents, check.claim, problems)


def _read(cache: CacheFile) -> Iterator[tuple[str, CheckRecord]]:
    decoder = msgspec.msgpack.Decoder(CheckRecord)
    for stem, value in cache.rows(_CHECK):
        yield stem, decoder.decode(value)


def _states(
    folder: Folder, names: Iterable[str], known: Mapping[str, ReadState], limit: int
) -> dict[str, ReadState]:
    """Return the states of the regular files of a folder; a new file has no digest yet.

    A file that an overlay replaces has none.
    """
    states: dict[str, ReadState] = {}
    looked_at = time.time_ns()
    for name in names:
        stamp = None if folder.is_overlaid(name) else stamp_of(f"{folder.path}/{name}")
        if stamp is None:
            continue
        before = known.get(name)
        if before is not None and before.still_describes(stamp):
            states[name] = before
            continue
        digest = b""
        if before is not None:
            data = folder.read(name, limit)
            digest = b"" if isinstance(data, Problem) else content_digest(data)
        states[name] = ReadState(stamp, looked_at, digest)
    return states


def _as_checked(state: ReadState | None, digest: bytes) -> ReadState | None:
    """Return the state of a file with the digest of what was checked, None if it wasn't read."""
    if state is None or not digest:
        return None
    return msgspec.structs.replace(state, digest=digest)
