"""Read PluginInfo, lists, versions and saved answers from a published tree."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from catalogctl.client.published_index import (
    PublishedIndex,
    answer_hashes,
    entry_of,
    has_results,
    is_index,
    is_list,
    is_plugin,
    is_shard,
    is_versions,
    list_entry,
    objects_of,
    time_of,
)
from catalogctl.client.tree_reader import (
    NO_ENTRY,
    IndexEntry,
    MissingFile,
    NoAnswerError,
    StaleFile,
    has_json_shape,
    is_stale,
)
from catalogctl.did_you_mean import did_you_mean, did_you_mean_id
from catalogctl.errors import ApiError, OutsideError, UsageError
from catalogctl.plugin_ids import is_plugin_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from catalogctl.client.tree_reader import Reader, Shape
    from catalogctl.jsontypes import JSONObject

API = "repository/v1/plugin/"
ALL = f"{API}list/all.json"
INDEX = "index.json"
SCHEMA_VERSION = 1
"""The layout of published trees that this client supports."""
_QUERY_NAME = re.compile(r"[a-z0-9-]{1,64}")
_LONGEST_SHOWN = 80


def not_found(plugin_id: str, known: Iterable[str] = ()) -> ApiError:
    """Return the error for an unknown plugin; its hint suggests the nearest known id."""
    name = plugin_id if len(plugin_id) <= _LONGEST_SHOWN else plugin_id[:_LONGEST_SHOWN] + "…"
    return ApiError(
        "ERROR_NOT_FOUND",
        f"plugin {name} is not in this catalog",
        "/plugin_id",
        hint=did_you_mean_id(plugin_id, known),
    )


@dataclass(frozen=True, slots=True)
class Everything:
    """All plugins of one edition in base order, with its `now` and `repository_id` if known.

    `latest_versions` returns the newest version of each plugin by plugin_id, or None if it has
    none.
    """

    plugins: list[JSONObject]
    now: str | None
    repository_id: str
    latest_versions: Callable[[], Mapping[str, str | None]] = field(default=dict)


class PublishedCatalog:
    """The values of a published tree, each read when it is requested (product contract, 4).

    A file that the index names is compared with its entry. If the file is missing, or belongs to
    another edition, both are requested again; after that, the last snapshot is used, and reported;
    without one, NoAnswerError is raised (product contract, 5). A tree without an index is not
    compared.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, plugin_id: str) -> JSONObject:
        """Return one PluginInfo; raise ApiError for an unknown plugin, or NoAnswerError."""
        return self._one("get", "sha256", plugin_id, lambda value: is_plugin(value, plugin_id))

    def get_versions(self, plugin_id: str) -> JSONObject:
        """Return a VersionsInfo; raise as `get` does."""
        return self._one("get-versions", "versions_sha256", plugin_id, is_versions)

    def saved(self, kind: str, name: str, now: str | None = None) -> JSONObject:
        """Return the published answer of a saved or built-in query.

        It is as old as the tree: raise UsageError if `now` is given. Raise ApiError if there is no
        such query, NoAnswerError if there is no answer.
        """
        if now is not None:
            raise UsageError("a saved query was answered when the tree was built: leave out now")
        if not _QUERY_NAME.fullmatch(name):
            raise no_query(kind, name)
        path = f"{API}{'stat' if kind == 'stat' else 'list/saved'}/{name}.json"

        def entry(index: PublishedIndex) -> IndexEntry:
            table = index.table("stats" if kind == "stat" else "saved")
            known = {key: row for key, row in table.items() if isinstance(row, dict)}
            if name not in known or known[name].get("path") != path:
                raise no_query(kind, name, known)
            return entry_of(known[name])

        try:
            data = self._read(path, has_results, entry).data
        except MissingFile:
            self._all_ids()
            raise no_query(kind, name) from None
        except NoAnswerError as error:
            data = self._last(error, path, has_results)
        return _decoded(data)

    def saved_names(self, kind: str) -> list[str]:
        """Return the names of the saved and built-in queries of a kind, if there is an index."""
        index = self._index()
        stats, saved = (index.table("stats"), index.table("saved")) if index else ({}, {})
        return list(stats) if kind == "stat" else [name for name in saved if name not in stats]

    def saved_request(self, kind: str, name: str) -> JSONObject:
        """Return the request of a built-in query.

        Raise UsageError for a saved query, whose request is not published.
        """
        from catalogctl.query import BUILT_IN

        if kind == "stat" and name in BUILT_IN:
            return {**BUILT_IN[name]}
        self.saved(kind, name)
        raise UsageError(
            f"{name} was answered when the tree was built: ask it without other fields, or give its"
            " query with --query"
        )

    def answer(self, kind: str, request: JSONObject) -> JSONObject | None:
        """Return the published answer of a request, or None if it was not answered at build time.

        A request has one address, however it is spelled: the hash of its canonical query (product
        contract, 5). If the index does not list the hash of the answer's bytes, they are old. Raise
        ApiError if the request is invalid.
        """
        from catalogctl.query import query_id

        path = f"{API}answers/{query_id(kind, request)}.json"
        repository = request.get("repository_id")
        try:
            index = self._index()
            own = index.table("repository_info").get("repository_id") if index else repository
            if repository and repository != own:
                return None
            data = self._reader.read(path, has_results)
        except MissingFile:
            self._reader.forget(path)
            return None
        except OutsideError:
            # The list of all plugins may be cached even if this answer is not.
            return None
        if index is not None and hashlib.sha256(data).hexdigest() not in answer_hashes(index):
            return None
        return _decoded(data)

    def everything(self) -> Everything:
        """Return all plugins of one edition, never of two; raise NoAnswerError if unreadable."""
        try:
            index, plugins = self._read(ALL, is_list, list_entry)
        except MissingFile:
            raise self._no_catalog() from None
        except NoAnswerError as error:
            whole = self._last_whole()
            if whole is None:
                raise
            index, plugins = whole.catalog_index, whole.plugins
            self._reader.report_old_answer(error.what, whole.fetched_at)
        else:
            if index is not None:
                self._reader.cache_snapshot(index.data)
        return self._everything(index, plugins)

    def _one(self, call: str, member: str, plugin_id: str, has_shape: Shape) -> JSONObject:
        """Return the answer to a call about one plugin; `member` of its row is the file's hash."""
        if not is_plugin_id(plugin_id):
            raise not_found(plugin_id)
        path = f"{API}{call}/{plugin_id}.json"
        try:
            data = self._read(
                path, has_shape, lambda index: self._plugin_entry(index, plugin_id, member)
            ).data
        except ApiError:
            self._reader.forget(path)
            raise
        except MissingFile:
            known = self._all_ids()
            self._reader.forget(path)
            raise not_found(plugin_id, known) from None
        except NoAnswerError as error:
            return self._cached_plugin_answer(error, path, plugin_id, has_shape)
        return _decoded(data)

    def _read(
        self,
        path: str,
        has_shape: Shape,
        entry_in: Callable[[PublishedIndex], IndexEntry],
    ) -> _NamedFile:
        """Return a file, and the index that names it; raise NoAnswerError if they don't match.

        `entry_in` returns the file's entry in an index. Raise MissingFile if neither exists.
        """
        trouble = ""
        for again in (False, True):
            index = self._index(again=again)
            try:
                entry = entry_in(index) if index is not None else NO_ENTRY
                return _NamedFile(
                    index, self._reader.read(path, has_shape, entry=entry, again=again)
                )
            except StaleFile as stale:
                trouble = f"{stale.path} is not the one that {INDEX} names"
            except MissingFile as missing:
                if index is None:
                    raise
                trouble = f"{missing.path}, which {INDEX} names, is not there"
        what = f"{self._reader.location} is being changed"
        raise NoAnswerError(f"{what}; try again in a minute ({trouble})", f"{what} ({trouble})")

    def _index(self, *, again: bool = False) -> PublishedIndex | None:
        """Return the index, or None if there is none; raise NoAnswerError for an unknown layout."""
        try:
            data = self._reader.read(INDEX, is_index, again=again)
        except MissingFile:
            return None
        index = PublishedIndex(_decoded(data), data)
        layout = index.about["schema_version"]
        if layout != SCHEMA_VERSION:
            raise NoAnswerError(
                f"the catalog is published in layout {layout}, and this catalogctl"
                f" knows layout {SCHEMA_VERSION}: use a newer one"
            )
        return index

    def _plugin_entry(self, index: PublishedIndex, plugin_id: str, member: str) -> IndexEntry:
        """Return the entry of a plugin's file in an index or its shards, or raise ApiError."""
        known: list[str] = []
        for rows in self._rows(index):
            for row in rows:
                if row.get("plugin_id") == plugin_id:
                    return entry_of(row, member)
                known.append(str(row.get("plugin_id")))
        raise not_found(plugin_id, known)

    def _rows(self, index: PublishedIndex) -> Iterator[list[JSONObject]]:
        """Yield the rows of an index and of each of its shards; raise MissingFile or StaleFile."""
        yield index.objects("plugins")
        for shard in index.objects("shards"):
            yield self._shard(shard)

    def _shard(self, shard: JSONObject) -> list[JSONObject]:
        data = self._reader.read(str(shard.get("path")), is_shard, entry=entry_of(shard))
        return objects_of(_decoded(data)["plugins"])

    def _all_ids(self) -> list[str]:
        """Return the ids of a tree without an index; a missing file is then not in the catalog.

        Raise NoAnswerError if there is no catalog at all, because a 404 then means nothing.
        """
        try:
            data = self._reader.read(ALL, is_list)
        except MissingFile:
            raise self._no_catalog() from None
        return [str(each.get("plugin_id")) for each in objects_of(_decoded(data)["results"])]

    def _no_catalog(self) -> NoAnswerError:
        return NoAnswerError(f"no catalog is published at {self._reader.location}")

    def _last(self, error: NoAnswerError, path: str, has_shape: Shape) -> bytes:
        """Return the cached answer of a path, and report its age; without one, raise the error."""
        last = self._reader.last(path, has_shape)
        if last is None:
            raise error
        self._reader.report_old_answer(error.what, last.fetched_at)
        return last.data

    def _cached_plugin_answer(
        self, error: NoAnswerError, path: str, plugin_id: str, has_shape: Shape
    ) -> JSONObject:
        """Return the newest cached answer about a plugin: its own, or the one in a list.

        A list does not contain versions. Raise the error if nothing is cached.
        """
        own, whole = self._reader.last(path, has_shape), self._last_whole()
        if whole is None or (own is not None and own.fetched_at >= whole.fetched_at):
            return _decoded(self._last(error, path, has_shape))
        for plugin in objects_of(_decoded(whole.plugins)["results"]):
            if plugin.get("plugin_id") == plugin_id and has_shape(plugin):
                self._reader.report_old_answer(error.what, whole.fetched_at)
                return plugin
        return _decoded(self._last(error, path, has_shape))

    def _last_whole(self) -> _Snapshot | None:
        """Return the last index and list that were cached together, or None."""
        index, plugins = self._reader.last_index(), self._reader.last(ALL, is_list)
        if index is None or plugins is None or not has_json_shape(index.data, is_index):
            return None
        published = PublishedIndex(_decoded(index.data), index.data)
        if is_stale(plugins.data, list_entry(published)):
            return None
        return _Snapshot(published, plugins.data, index.fetched_at)

    def _everything(self, index: PublishedIndex | None, plugins: bytes) -> Everything:
        answer: Any = msgspec.json.decode(plugins)
        results: list[JSONObject] = answer["results"]
        repository = index.table("repository_info") if index is not None else {}
        repository_id = (repository or _first_repository(results)).get("repository_id", "")
        return Everything(
            results,
            time_of(index.about.get("now")) if index is not None else None,
            str(repository_id),
            lambda: dict(self._latest_versions(index)) if index is not None else {},
        )

    def _latest_versions(self, index: PublishedIndex) -> Iterator[tuple[str, str | None]]:
        """Yield the newest version of each plugin in an index and its shards.

        The plugins of a shard that can't be read, or belongs to another edition, are left out.
        """
        yield from map(_latest, index.objects("plugins"))
        for shard in index.objects("shards"):
            try:
                yield from map(_latest, self._shard(shard))
            except (MissingFile, NoAnswerError):
                continue


class _NamedFile(NamedTuple):
    catalog_index: PublishedIndex | None
    data: bytes


class _Snapshot(NamedTuple):
    catalog_index: PublishedIndex
    plugins: bytes
    fetched_at: float


def _decoded(data: bytes) -> JSONObject:
    value: JSONObject = msgspec.json.decode(data)
    return value


def _latest(row: JSONObject) -> tuple[str, str | None]:
    latest = row.get("latest_version")
    return str(row.get("plugin_id")), latest if isinstance(latest, str) else None


def _first_repository(plugins: list[JSONObject]) -> Any:
    return plugins[0].get("repository_info", {}) if plugins else {}


def no_query(kind: str, name: str, known: Iterable[str] = ()) -> ApiError:
    """Return the error for an unknown query name; its hint suggests the nearest known name."""
    message = f"there is no {kind} query {name!r} in this catalog"
    return ApiError("ERROR_NOT_FOUND", message, hint=did_you_mean(name, known))
