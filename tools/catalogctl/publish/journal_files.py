"""Build `changes/` and `removed.json` from the journal.

Entries are numbered from 1, oldest first, with 500 per page, and are only ever appended. A full
page never changes again, and the entries after number n start in `changes/<n // 500 + 1>.json`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from catalogctl.publish.endpoints import CHANGES, CHANGES_INDEX, REMOVED, filled
from catalogctl.publish.json_bytes import json_file

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.build_context import File

PAGE_SIZE = 500
SCHEMA_VERSION = 1


class JournalEntry(NamedTuple):
    """One call that changed the catalog; `before` and `after` are the file's blob ids."""

    seq: int
    time: str
    commit: str
    call: str
    plugin_id: str
    before: str | None
    after: str | None


class VersionsEntry(NamedTuple):
    """A commit that changed the versions in a plugin's lock; the lists are tags, newest first.

    `moved` are tags that now refer to a different image. `latest_version` is the one after the
    commit. `before` and `after` are the lock's blob ids.
    """

    seq: int
    time: str
    commit: str
    call: None
    event: str
    plugin_id: str
    added: tuple[str, ...]
    moved: tuple[str, ...]
    removed: tuple[str, ...]
    latest_version: str | None
    before: str | None
    after: str | None


class UpstreamEntry(NamedTuple):
    """A commit that changed a plugin of an upstream; `change` is added, changed or removed.

    `before` and `after` are the blob ids of the plugin's file in upstream/.
    """

    seq: int
    time: str
    commit: str
    call: None
    event: str
    repository_id: str
    plugin_id: str
    change: str
    before: str | None
    after: str | None


class UpstreamCounts(NamedTuple):
    """A commit that changed many plugins of an upstream, and how many it added, and so on."""

    seq: int
    time: str
    commit: str
    call: None
    event: str
    repository_id: str
    counts: dict[str, int]


Entry: TypeAlias = JournalEntry | VersionsEntry
"""An entry about the catalog's own plugins."""

OfUpstream: TypeAlias = UpstreamEntry | UpstreamCounts
"""An entry about plugins of an upstream."""


class Tombstone(NamedTuple):
    """A removed plugin: when, by which commit, the commit's subject, and the successor.

    `deprecated` is the reason its file gave for deprecating it, or None.
    """

    plugin_id: str
    time: str
    commit: str
    reason: str
    successor: str | None
    deprecated: str | None = None


class Deprecation(NamedTuple):
    """A commit that deprecated a plugin. It is no call, so it is not an entry of the journal."""

    time: str
    plugin_id: str


@dataclass(frozen=True, slots=True)
class Journal:
    """The changes of a catalog, oldest first, and its removed plugins, newest first.

    `upstreams` are the entries about plugins of other repositories.
    """

    entries: tuple[Entry, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    deprecations: tuple[Deprecation, ...] = ()
    of_plugin: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    upstreams: tuple[OfUpstream, ...] = ()

    @property
    def every_entry(self) -> list[Entry | OfUpstream]:
        """All entries, in the order of their numbers."""
        return sorted((*self.entries, *self.upstreams), key=attrgetter("seq"))

    def with_plugins(self, present: Container[str]) -> Journal:
        """Return the journal of a catalog that has these plugins.

        None of them is removed, even if no commit has registered it again yet.
        """
        gone = [each for each in self.tombstones if each.plugin_id not in present]
        return replace(self, tombstones=tuple(gone))


def change_files(journal: Journal) -> Iterator[File]:
    """Yield the pages of the journal, their index and the tombstones."""
    pages: list[JSON] = []
    entries = journal.every_entry
    for start in range(0, len(entries), PAGE_SIZE):
        part = entries[start : start + PAGE_SIZE]
        path = filled(CHANGES, {"page": str(start // PAGE_SIZE + 1)})
        changes: list[JSON] = [_change(each) for each in part]
        data = json_file({"schema_version": SCHEMA_VERSION, "changes": changes})
        yield path, data
        pages.append(_page(path, part, data))
    index: JSONObject = {
        "schema_version": SCHEMA_VERSION,
        "page_size": PAGE_SIZE,
        "total_count": len(entries),
        "pages": pages,
    }
    yield CHANGES_INDEX, json_file(index)
    removed: list[JSON] = [_tombstone_json(each) for each in journal.tombstones]
    yield REMOVED, json_file({"schema_version": SCHEMA_VERSION, "removed": removed})


def _change(entry: Entry | OfUpstream) -> JSONObject:
    """Return an entry as published on its page; the entry of a call has no event."""
    return {
        name: list(member) if isinstance(member, tuple) else member
        for name, member in entry._asdict().items()
    }


def _page(path: str, part: Sequence[Entry | OfUpstream], data: bytes) -> JSONObject:
    return {
        "path": path,
        "first": part[0].seq,
        "last": part[-1].seq,
        "time": part[-1].time,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _tombstone_json(tombstone: Tombstone) -> JSONObject:
    made: JSONObject = dict(tombstone._asdict())
    for name in ("successor", "deprecated"):
        if made[name] is None:
            del made[name]
    return made
