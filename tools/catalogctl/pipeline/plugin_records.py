"""Keep what a build found out about each plugin: what the next build may use again.

The check of a plugin file holds while its content and its dates are the same; the plugin's own
published files hold while the check, the lock, and everything else that they show are the same, and
while they still are where they were published. Only plugins without errors are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from catalogctl.build_cache.cache_file import CachedRow
from catalogctl.files.file_signatures import FileSignature
from catalogctl.pipeline.checked_plugins import PAST, CheckedPlugin
from catalogctl.pipeline.checked_upstreams import KnownUpstreams
from catalogctl.pipeline.document_checks import DocumentStates
from catalogctl.pipeline.journal import JournalState
from catalogctl.pipeline.known_plugin import (
    BUILD,
    EPOCH,
    HISTORY,
    LIVES,
    PLUGIN,
    KnownLives,
    decoded,
    known_lives,
    with_files,
)
from catalogctl.source.history import HistoryState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from catalogctl.build_cache.cache_file import CacheFile

LAST, SHARED = (BUILD, "last"), (BUILD, "shared")
"""Rows of which there is one each, by kind and key."""


class KnownFile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A published file: its manifest row, and its signature in the published tree.

    `key` identifies what it was made of, if anything cheaper than its bytes does.
    """

    row: bytes
    signature: FileSignature
    key: bytes = b""


class PluginRecord(CheckedPlugin, frozen=True, array_like=True, gc=False):
    """What was found out about a plugin without errors.

    `documents` are those that were checked. `shown` identifies what the plugin's files show beside
    all of these. `files` are these files, or none if one of them was not as it was written.
    """

    documents: DocumentStates
    shown: bytes
    files: tuple[KnownFile, ...]


class LastBuild(msgspec.Struct, frozen=True, array_like=True):
    """What the last build read and wrote.

    `files_epoch` is the epoch of the published files, `inputs` identifies everything that was read:
    b"" if some of the published files have no record. `locks` is the number of locks, `files` and
    `size` (in bytes) are those of the tree.
    """

    files_epoch: bytes
    inputs: bytes
    locks: int
    files: int
    size: int


class Past(msgspec.Struct, frozen=True):
    """The history of the catalog up to a commit, and its journal."""

    history: HistoryState
    journal: JournalState


class CachedBuild:
    """The records of the last build of a catalog that hold in these epochs.

    `plugins` has them by id, `shared` the files that belong to no single plugin by path. `last` is
    the build, if its files hold, `past` the history that it read. `upstreams` has what is known of
    the files of upstreams.
    """

    def __init__(self, cache: CacheFile, check_epoch: bytes, files_epoch: bytes) -> None:
        self._cache = cache
        self._check_epoch = check_epoch
        self._is_fresh = cache.value(*EPOCH) != check_epoch
        self.upstreams = KnownUpstreams(cache, check_epoch)
        self.plugins: Mapping[str, PluginRecord] = {}
        self.shared: Mapping[str, KnownFile] = {}
        self.past: Past | None = None
        self.last: LastBuild | None = None
        if self._is_fresh:
            return
        self.plugins = dict(_read_plugins(cache))
        self.past = decoded(cache.value(*PAST), Past)
        last = decoded(cache.value(*LAST), LastBuild)
        if last is not None and last.files_epoch == files_epoch:
            self.last = last
            self.shared = decoded(cache.value(*SHARED), dict[str, KnownFile]) or {}

    @property
    def history(self) -> HistoryState | None:
        """The history up to the commit of the last build."""
        return None if self.past is None else self.past.history

    def journal_at(self, commit: str | None) -> JournalState | None:
        """Return the journal up to a commit, if the last build was one of it."""
        return self.past.journal if self.past and commit == self.past.journal.commit else None

    @property
    def is_used(self) -> bool:
        """Return whether there are records, or some will be written."""
        return bool(self.plugins) or self._cache.writes

    def published(self) -> Iterator[KnownFile]:
        """Yield every file that the last build published, unless all are to be made again."""
        if self.last:
            for record in self.plugins.values():
                yield from record.files
            yield from self.shared.values()

    def save(
        self,
        last: LastBuild,
        past: Past | None,
        plugins: Mapping[str, PluginRecord],
        shared: Mapping[str, KnownFile],
    ) -> None:
        """Replace the records by these."""
        # All of it is read before anything is written, because that would have to wait.
        lives = {} if self._is_fresh else dict(_read_lives(self._cache))
        changes = self._changes(last, past, plugins, shared, lives)
        self._cache.update(changes, fresh=self._is_fresh)

    def _changes(
        self,
        last: LastBuild,
        past: Past | None,
        plugins: Mapping[str, PluginRecord],
        shared: Mapping[str, KnownFile],
        lives: Mapping[str, KnownLives],
    ) -> Iterator[CachedRow]:
        encoder = msgspec.msgpack.Encoder()
        yield CachedRow(*EPOCH, self._check_epoch)
        yield CachedRow(*LAST, encoder.encode(last))
        if past != self.past:
            head = None if past is None else encoder.encode(with_files(past.history, {}))
            yield CachedRow(*PAST, None if past is None else encoder.encode(past))
            yield CachedRow(*HISTORY, head)
        yield from _changed_lives(lives, past, plugins)
        for stem in self.plugins.keys() - plugins.keys():
            yield CachedRow(PLUGIN, stem, None)
        for stem, record in plugins.items():
            if self.plugins.get(stem) is not record:
                yield CachedRow(PLUGIN, stem, encoder.encode(record))
        if shared != self.shared:
            yield CachedRow(*SHARED, encoder.encode(shared))


def _read_plugins(cache: CacheFile) -> Iterator[tuple[str, PluginRecord]]:
    decoder = msgspec.msgpack.Decoder(PluginRecord)
    for stem, value in cache.rows(PLUGIN):
        yield stem, decoder.decode(value)


def _read_lives(cache: CacheFile) -> Iterator[tuple[str, KnownLives]]:
    decoder = msgspec.msgpack.Decoder(KnownLives)
    for stem, value in cache.rows(LIVES):
        yield stem, decoder.decode(value)


def _changed_lives(
    before: Mapping[str, KnownLives], past: Past | None, plugins: Iterable[str]
) -> Iterator[CachedRow]:
    """Yield the changes of the rows that say what the history knows of each plugin's files."""
    files = {} if past is None else past.history.line.files
    now = {} if past is None else dict(known_lives(files, plugins))
    for stem in before.keys() - now.keys():
        yield CachedRow(LIVES, stem, None)
    for stem, lives in now.items():
        if before.get(stem) != lives:
            yield CachedRow(LIVES, stem, msgspec.msgpack.encode(lives))
