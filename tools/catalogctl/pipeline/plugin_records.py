"""Keep what a build found out about each plugin, and decide what of it still holds.

The check of a plugin file holds while its content and its dates are the same; the plugin's own
published files hold while the check, the lock, and everything else that they show are the same, and
while they still are where they were published. Only plugins without errors are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from catalogctl.build_cache.cache_file import CachedRow
from catalogctl.files.staged import FileSignature
from catalogctl.model.plugin import PluginSummary
from catalogctl.pipeline.source_states import SourceState
from catalogctl.problem import Problem
from catalogctl.validate.between_plugins import Claim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.build_cache.cache_file import CacheFile

Value = TypeVar("Value")

_PLUGIN = "plugin"
_STATE = "state"
_SHARED = "shared"


class KnownFile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A published file: its manifest row, and its signature in the published tree."""

    row: bytes
    signature: FileSignature


class PluginRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What was found out about a plugin without errors.

    `problems` are the warnings about its file, then about its lock. `summary` includes the
    versions. `shown` identifies what the plugin's files show beside its file and its lock. `files`
    are these files.
    """

    file: SourceState
    lock: SourceState | None
    claim: Claim
    problems: tuple[tuple[Problem, ...], tuple[Problem, ...]]
    summary: PluginSummary
    shown: bytes
    files: tuple[KnownFile, ...]


class _Epochs(msgspec.Struct, frozen=True, array_like=True):
    """The epochs in which the records were made: of the checks, and of the published files."""

    check: bytes
    files: bytes


class CachedBuild:
    """The records of the last build of a catalog that hold in these epochs.

    `plugins` has them by id, `shared` the files that belong to no single plugin by path.
    """

    def __init__(self, cache: CacheFile, check_epoch: bytes, files_epoch: bytes) -> None:
        self._cache = cache
        self._epochs = _Epochs(check_epoch, files_epoch)
        before = _decoded(cache.value(_STATE, "epochs"), _Epochs)
        self._is_fresh = before is None or before.check != check_epoch
        self._has_files = before == self._epochs
        self.plugins = {} if self._is_fresh else dict(_read_plugins(cache))
        shared = cache.value(_SHARED, "files") if self._has_files else None
        self.shared = _decoded(shared, dict[str, KnownFile]) or {}

    def published(self) -> Iterator[KnownFile]:
        """Yield every file that the last build published, unless all are to be made again."""
        if self._has_files:
            for record in self.plugins.values():
                yield from record.files
            yield from self.shared.values()

    def save(self, plugins: Mapping[str, PluginRecord], shared: Mapping[str, KnownFile]) -> None:
        """Replace the records by these."""
        self._cache.update(self._changes(plugins, shared), fresh=self._is_fresh)

    def _changes(
        self, plugins: Mapping[str, PluginRecord], shared: Mapping[str, KnownFile]
    ) -> Iterator[CachedRow]:
        encoder = msgspec.msgpack.Encoder()
        yield CachedRow(_STATE, "epochs", encoder.encode(self._epochs))
        for stem in self.plugins.keys() - plugins.keys():
            yield CachedRow(_PLUGIN, stem, None)
        for stem, record in plugins.items():
            if self.plugins.get(stem) is not record:
                yield CachedRow(_PLUGIN, stem, encoder.encode(record))
        if shared != self.shared:
            yield CachedRow(_SHARED, "files", encoder.encode(shared))


def _read_plugins(cache: CacheFile) -> Iterator[tuple[str, PluginRecord]]:
    decoder = msgspec.msgpack.Decoder(PluginRecord)
    for stem, value in cache.rows(_PLUGIN):
        yield stem, decoder.decode(value)


def _decoded(value: bytes | None, kind: type[Value]) -> Value | None:
    return None if value is None else msgspec.msgpack.decode(value, type=kind)
