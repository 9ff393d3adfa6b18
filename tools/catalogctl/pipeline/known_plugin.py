"""Read what the last build found out about one plugin, and nothing else, from its cache.

This imports no more than it needs, because a read call of one plugin takes no longer than that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from catalogctl.model.plugin_summary import PluginSummary
from catalogctl.pipeline.source_states import SourceState
from catalogctl.source.first_parents import FileLife
from catalogctl.source.history import HistoryState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from catalogctl.build_cache.cache_file import CacheFile

Value = TypeVar("Value")

BUILD, PLUGIN, LIVES = "build", "plugin", "lives"
EPOCH = (BUILD, "check epoch")
HISTORY = (BUILD, "history")


class KnownPlugin(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The beginning of a plugin's record: its files as they were checked, and its summary.

    `uses_lock` says that the lock fits the plugin file. `summary` includes the versions.
    """

    file: SourceState
    lock: SourceState | None
    uses_lock: bool
    summary: PluginSummary


class KnownLives(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What the commits up to that of the last build say about a plugin's file and its lock."""

    file: FileLife | None = None
    lock: FileLife | None = None


class Known(NamedTuple):
    """What a cache says about one plugin.

    `state` is the history up to the last build's commit, in which `files` has only the plugin's own
    files; None if it is not known.
    """

    plugin: KnownPlugin | None
    state: HistoryState | None


def read_known(cache: CacheFile, epoch: bytes, plugin_id: str) -> Known:
    """Return what a cache says about a plugin, if it is of an epoch (`check_epoch`)."""
    plugin_row, lives_row = (PLUGIN, plugin_id), (LIVES, plugin_id)
    rows = cache.values((EPOCH, HISTORY, plugin_row, lives_row))
    if rows.get(EPOCH) != epoch:
        return Known(None, None)
    state = decoded(rows.get(HISTORY), HistoryState)
    lives = decoded(rows.get(lives_row), KnownLives)
    if state is not None and lives is not None:
        own = {f"plugins/{plugin_id}.yaml": lives.file, f"versions/{plugin_id}.json": lives.lock}
        files = {path: life for path, life in own.items() if life is not None}
        state = with_files(state, files)
    return Known(decoded(rows.get(plugin_row), KnownPlugin), None if lives is None else state)


def with_files(state: HistoryState, files: dict[str, FileLife]) -> HistoryState:
    """Return a history with these files instead of its own."""
    line = msgspec.structs.replace(state.line, files=files)
    return msgspec.structs.replace(state, line=line)


def known_lives(
    files: Mapping[str, FileLife], also: Iterable[str] = ()
) -> Iterator[tuple[str, KnownLives]]:
    """Yield what a history says about the files of each plugin; `also` are more plugin ids."""
    stems = {
        path.partition("/")[2].rpartition(".")[0]
        for path in files
        if path.startswith(("plugins/", "versions/"))
    }
    for stem in sorted({*stems, *also}):
        file, lock = files.get(f"plugins/{stem}.yaml"), files.get(f"versions/{stem}.json")
        yield stem, KnownLives(file, lock)


def decoded(value: bytes | None, kind: type[Value]) -> Value | None:
    """Return the value of a row, None if there is no row."""
    return None if value is None else msgspec.msgpack.decode(value, type=kind)
