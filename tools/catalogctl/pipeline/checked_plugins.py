"""Read from the cache what the last build found out about the sources of all plugins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from catalogctl.pipeline.known_plugin import (
    BUILD,
    EPOCH,
    PLUGIN,
    KnownPlugin,
    decoded,
)
from catalogctl.problem import Problem
from catalogctl.source.history import HistoryState
from catalogctl.validate.between_plugins import Claim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.build_cache.cache_file import CacheFile
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.history import History

PAST = (BUILD, "past")


class CheckedPlugin(KnownPlugin, frozen=True, array_like=True, gc=False):
    """The beginning of the record of a plugin without errors: all that its sources say.

    `problems` are the warnings about its file and its documents, then about its lock.
    """

    claim: Claim
    problems: tuple[tuple[Problem, ...], tuple[Problem, ...]]

    def is_of(self, file: str | None, lock: str | None) -> bool:
        """Return whether git has the sources under these ids; None for `lock` means no lock."""
        if file not in self.file.blobs:
            return False
        return lock is None if self.lock is None else lock in self.lock.blobs

    def warnings(self, opened: OpenCatalog) -> tuple[Problem, ...]:
        """Return the warnings about the file and the lock, with their names in reports.

        Those about documents are left out: git may have others than the last build.
        """
        every = (each for problems in self.problems for each in problems)
        kept = [each for each in every if each.file.startswith(("plugins/", "versions/"))]
        return opened.labelled(kept)


class PastHistory(msgspec.Struct, frozen=True):
    """The part of the row `PAST` that says what the commits up to the last build amount to."""

    history: HistoryState


@dataclass(frozen=True, slots=True)
class CheckedPlugins:
    """What a cache says about the sources of a catalog: its plugins by id, and its history."""

    plugins: Mapping[str, CheckedPlugin] = field(default_factory=dict)
    history: HistoryState | None = None

    def holding(self, history: History, opened: OpenCatalog) -> dict[str, CheckedPlugin]:
        """Return the plugins whose files are as a commit has them; `history` is the commit's."""
        blobs, locks = history.blobs, opened.locks
        return {
            stem: each
            for stem, each in self.plugins.items()
            if each.is_of(blobs.get(f"plugins/{stem}.yaml"), blobs.get(f"versions/{stem}.json"))
            and (f"{stem}.json" in locks) == (each.lock is not None)
        }


def read_checked(cache: CacheFile, epoch: bytes) -> CheckedPlugins:
    """Return what a cache says about a catalog, if it is of an epoch (`check_epoch`)."""
    if cache.value(*EPOCH) != epoch:
        return CheckedPlugins()
    decoder = msgspec.msgpack.Decoder(CheckedPlugin)
    plugins = {stem: decoder.decode(value) for stem, value in cache.rows(PLUGIN)}
    past = decoded(cache.value(*PAST), PastHistory)
    return CheckedPlugins(plugins, None if past is None else past.history)
