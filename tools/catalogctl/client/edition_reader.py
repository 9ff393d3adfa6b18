"""Read files of a published tree that its index names, all of one edition."""

from __future__ import annotations

from collections import deque
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from catalogctl.client.published_index import (
    NamedFile,
    PublishedIndex,
    entry_of,
    is_index,
    is_shard,
    objects_of,
)
from catalogctl.client.tree_reader import (
    CONNECTIONS,
    NO_ENTRY,
    IndexEntry,
    MissingFile,
    NoAnswerError,
    StaleFile,
)
from catalogctl.client.unknown_names import not_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from catalogctl.client.tree_reader import Reader, Shape
    from catalogctl.jsontypes import JSONObject

INDEX = "index.json"
LAYOUTS = (1, 2)
"""The layouts of published trees that this client supports; lists only have parts in the second."""
Item = TypeVar("Item")
Done = TypeVar("Done")


class NamedValues(NamedTuple):
    """The values of files, and the index that names them, if there is one."""

    catalog_index: PublishedIndex | None
    values: list[JSONObject]


class EditionReader:
    """The files of a published tree, held against the index that names them.

    `last_index` is the index that was read last, or None.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.last_index: PublishedIndex | None = None

    def read(
        self,
        path: str,
        has_shape: Shape,
        named_in: Callable[[PublishedIndex], Sequence[NamedFile]],
    ) -> NamedValues:
        """Return the values of files, and the index that names them, all of one edition.

        `named_in` returns the files in an index; without an index, the file at `path` is read.
        Raise NoAnswerError if they don't match the index, MissingFile if there is neither.
        """
        trouble = ""
        for again in (False, True):
            index = self.index(again=again)
            try:
                files = named_in(index) if index is not None else [NamedFile(path, NO_ENTRY)]
                read = partial(self._value, has_shape, again=again)
                return NamedValues(index, list(at_once(read, files)))
            except StaleFile as stale:
                trouble = f"{stale.path} is not the one that {INDEX} names"
            except MissingFile as missing:
                if index is None:
                    raise
                trouble = f"{missing.path}, which {INDEX} names, is not there"
        what = f"{self._reader.location} is being changed"
        raise NoAnswerError(f"{what}; try again in a minute ({trouble})", f"{what} ({trouble})")

    def index(self, *, again: bool = False) -> PublishedIndex | None:
        """Return the index, or None if there is none; raise NoAnswerError for an unknown layout."""
        try:
            data = self._reader.read(INDEX, is_index, again=again)
        except MissingFile:
            return None
        index = PublishedIndex(decoded(data), data)
        layout = index.about["schema_version"]
        if layout not in LAYOUTS:
            raise NoAnswerError(
                f"the catalog is published in layout {layout}, and this catalogctl"
                f" knows layouts up to {LAYOUTS[-1]}: use a newer one"
            )
        self.last_index = index
        return index

    def plugin_entry(self, index: PublishedIndex, plugin_id: str, member: str) -> IndexEntry:
        """Return the entry of a plugin's file in an index or its shards, or raise ApiError.

        Shards whose range of ids has the plugin's are read before the others.
        """
        known: list[str] = []
        for rows in self._rows(index, plugin_id):
            for row in rows:
                if row.get("plugin_id") == plugin_id:
                    return entry_of(row, member)
                known.append(str(row.get("plugin_id")))
        raise not_found(plugin_id, known)

    def plugin_ids(self, index: PublishedIndex, plugin_id: str) -> list[str]:
        """Return all ids in an index and its shards, first those where an id would be."""
        return [str(row.get("plugin_id")) for rows in self._rows(index, plugin_id) for row in rows]

    def _rows(self, index: PublishedIndex, plugin_id: str) -> Iterator[list[JSONObject]]:
        """Yield the rows of an index and of each of its shards; raise MissingFile or StaleFile."""
        yield index.objects("plugins")
        shards = index.objects("shards")
        likely = [shard for shard in shards if _may_have(shard, plugin_id)]
        yield from at_once(self._shard, likely)
        yield from at_once(self._shard, [shard for shard in shards if shard not in likely])

    def latest_versions(self, index: PublishedIndex) -> Iterator[tuple[str, str | None]]:
        """Yield the newest version of each plugin in an index and its shards.

        The plugins of a shard that can't be read, or belongs to another edition, are left out.
        """
        yield from map(_latest, index.objects("plugins"))
        for rows in at_once(self._shard_if_any, index.objects("shards")):
            yield from map(_latest, rows)

    def _value(self, has_shape: Shape, file: NamedFile, *, again: bool = False) -> JSONObject:
        return decoded(self._reader.read(file.path, has_shape, entry=file.entry, again=again))

    def _shard(self, shard: JSONObject) -> list[JSONObject]:
        file = NamedFile(str(shard.get("path")), entry_of(shard))
        return objects_of(self._value(is_shard, file)["plugins"])

    def _shard_if_any(self, shard: JSONObject) -> list[JSONObject]:
        try:
            return self._shard(shard)
        except (MissingFile, NoAnswerError):
            return []


def decoded(data: bytes) -> JSONObject:
    """Return the object that the bytes of a file encode; readers have checked its shape."""
    value: JSONObject = msgspec.json.decode(data)
    return value


def _may_have(shard: JSONObject, plugin_id: str) -> bool:
    """Return whether a plugin's id is in the range of a shard, as far as the index names one."""
    match shard.get("plugin_ids"):
        case {"first": str(first), "last": str(last)}:
            return first <= plugin_id <= last
        case _:
            return True


def _latest(row: JSONObject) -> tuple[str, str | None]:
    latest = row.get("latest_version")
    return str(row.get("plugin_id")), latest if isinstance(latest, str) else None


def at_once(work: Callable[[Item], Done], items: Sequence[Item]) -> Iterator[Done]:
    """Yield the results of work in order; a few items are worked on at a time, in threads.

    A few more may wait, so that no thread does, but never all: the results can be large.
    """
    if len(items) <= 1:
        yield from map(work, items)
        return
    from concurrent.futures import ThreadPoolExecutor

    pool, rest = ThreadPoolExecutor(CONNECTIONS), iter(items)
    try:
        running = deque(pool.submit(work, each) for each in islice(rest, 4 * CONNECTIONS))
        while running:
            yield running.popleft().result()
            running.extend(pool.submit(work, each) for each in islice(rest, 1))
    finally:
        pool.shutdown(cancel_futures=True)
