"""A reader of a published tree in; PluginInfo, versions and the reference time out."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from catalogctl.client.reader import Missing
from catalogctl.errors import ApiError, OutsideError, UsageError
from catalogctl.nearest import did_you_mean, did_you_mean_id
from catalogctl.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from catalogctl.client.reader import Reader
    from catalogctl.jsontypes import JSON, JSONObject

API = "repository/v1/plugin/"
ALL = f"{API}list/all.json"
INDEX = "index.json"
SCHEMA_VERSION = 1
"""The layout of a published tree that this client knows."""
_PLUGIN_ID = re.compile(r"[a-z][a-z0-9-]{0,63}")
_QUERY_NAME = re.compile(r"[a-z0-9-]{1,64}")
_LONGEST_SHOWN = 80


def not_found(plugin_id: str, known: Iterable[str] = ()) -> ApiError:
    """Return the error that an unknown plugin is; the nearest of the known ones is its hint."""
    shown = plugin_id if len(plugin_id) <= _LONGEST_SHOWN else plugin_id[:_LONGEST_SHOWN] + "…"
    return ApiError(
        "ERROR_NOT_FOUND",
        f"plugin {shown} is not in this catalog",
        "/plugin_id",
        hint=did_you_mean_id(plugin_id, known),
    )


@dataclass(frozen=True, slots=True)
class Everything:
    """All plugins of one edition in base order; `now` and `repository_id` where it says them.

    `latest_versions` returns the newest version of each plugin by its plugin_id, None without one.
    """

    plugins: list[JSONObject]
    now: str | None
    repository_id: str
    latest_versions: Callable[[], Mapping[str, str | None]] = field(default=dict)


class PublishedCatalog:
    """The values of a published tree, each read when it is asked for (product contract, 4)."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def get(self, plugin_id: str) -> JSONObject:
        """Return one PluginInfo: one file is read. ApiError, OutsideError."""
        return self._one("get", plugin_id, lambda value: value.get("plugin_id") == plugin_id)

    def get_versions(self, plugin_id: str) -> JSONObject:
        """Return one VersionsInfo: one file is read. ApiError, OutsideError."""
        return self._one("get-versions", plugin_id, _is_answer)

    def saved(self, kind: str, name: str, now: str | None = None) -> JSONObject:
        """Return the published answer of a saved or built-in query. ApiError, OutsideError.

        It is as old as the tree: `now` can't be another one.
        """
        if now is not None:
            raise UsageError("a saved query was answered when the tree was built: leave out now")
        folder = "stat" if kind == "stat" else "list/saved"
        if not _QUERY_NAME.fullmatch(name):
            raise no_query(kind, name)
        try:
            data = self._reader.read(f"{API}{folder}/{name}.json", _object(_has_results))
        except Missing:
            self._known_plugins()
            raise no_query(kind, name) from None
        answer: JSONObject = msgspec.json.decode(data)
        return answer

    def saved_names(self, kind: str) -> list[str]:
        """Return the names of the saved and built-in queries of a kind, where an index has them."""
        index: Any = msgspec.json.decode(self._index() or b"{}")
        stats, saved = index.get("stats") or {}, index.get("saved") or {}
        return list(stats) if kind == "stat" else [name for name in saved if name not in stats]

    def saved_request(self, kind: str, name: str) -> JSONObject:
        """Return the request of a built-in query; that of a saved one is not published."""
        from catalogctl.query import BUILT_IN

        if kind == "stat" and name in BUILT_IN:
            return {**BUILT_IN[name]}
        self.saved(kind, name)
        raise UsageError(
            f"{name} was answered when the tree was built: ask it without other fields, or give its"
            " query with --query"
        )

    def answer(self, kind: str, request: JSONObject) -> JSONObject | None:
        """Return the published answer of a request, None when it was not asked at build time.

        A request has one address however it is spelled: the hash of its canonical query (product
        contract, 5). ApiError: it is no request at all.
        """
        from catalogctl.query import query_id

        path = f"{API}answers/{query_id(kind, request)}.json"
        asked = request.get("repository_id")
        try:
            if asked and asked != self._repository_id():
                return None
            data = self._reader.read(path, _object(_has_results))
        except Missing:
            self._reader.forget(path)
            return None
        except OutsideError:
            # The list of all plugins may be kept from before, where this answer is not.
            return None
        answer: JSONObject = msgspec.json.decode(data)
        return answer

    def _repository_id(self) -> str | None:
        """Return whose tree this is, where an index says it; the hash of a query does not."""
        index = self._index()
        about: Any = msgspec.json.decode(index) if index is not None else {}
        found: str | None = about.get("repository_info", {}).get("repository_id")
        return found

    def _one(self, call: str, plugin_id: str, sound: Callable[[JSONObject], bool]) -> JSONObject:
        if not _PLUGIN_ID.fullmatch(plugin_id):
            raise not_found(plugin_id)
        try:
            data = self._reader.read(f"{API}{call}/{plugin_id}.json", _object(sound))
        except Missing as missing:
            known = self._known_plugins()
            self._reader.forget(missing.path)
            raise not_found(plugin_id, known) from None
        answer: JSONObject = msgspec.json.decode(data)
        return answer

    def _known_plugins(self) -> list[str]:
        """Return the ids that the index names; a file that is missing is then not in the catalog.

        OutsideError when there is no catalog at all: a 404 then means nothing.
        """
        try:
            index: Any = msgspec.json.decode(self._reader.read(INDEX, _object(_is_index)))
        except Missing:
            index = {"plugins": msgspec.json.decode(self._all())["results"]}
        return [str(row.get("plugin_id")) for row in _objects(index.get("plugins"))]

    def _all(self, *, again: bool = False) -> bytes:
        try:
            return self._reader.read(ALL, _object(_is_list), again=again)
        except Missing as error:
            raise OutsideError(f"no catalog is published at {self._reader.location}") from error

    def _index(self, *, again: bool = False) -> bytes | None:
        try:
            return self._reader.read(INDEX, _object(_is_index), again=again)
        except Missing:
            return None

    def everything(self) -> Everything:
        """Return all plugins of one edition, never of two at once.

        When the list is not the one that the index names, both are asked for once more; then the
        last pair that fitted serves, and that is told; then OutsideError (product contract, 5).
        """
        for again in (False, True):
            index, plugins = self._index(again=again), self._all(again=again)
            if index is None or _fits(index, plugins):
                if index is not None:
                    self._reader.keep_whole(index, plugins)
                return self._decode(index, plugins)
        whole = self._reader.last_whole()
        if whole is None:
            raise OutsideError(
                f"{self._reader.location} is being changed: its list is not the one that its"
                " index names; try again in a minute"
            )
        return self._decode(*whole)

    def _decode(self, index: bytes | None, plugins: bytes) -> Everything:
        answer: Any = msgspec.json.decode(plugins)
        about: Any = msgspec.json.decode(index) if index is not None else {}
        results: list[JSONObject] = answer["results"]
        repository = about.get("repository_info") or _first_repository(results)
        repository_id = str(repository.get("repository_id", ""))
        return Everything(
            results,
            _time(about.get("now")),
            repository_id,
            lambda: dict(self._latest_versions(about)),
        )

    def _latest_versions(self, about: JSONObject) -> Iterator[tuple[str, str | None]]:
        """Yield the newest versions that an index names, in itself or in its shards.

        A shard that is not there, or is another edition's, leaves its plugins without one.
        """
        for row in _objects(about.get("plugins")):
            yield _latest(row)
        for shard in _objects(about.get("shards")):
            try:
                data = self._reader.read(str(shard.get("path")), _object(_is_shard))
            except Missing:
                continue
            if hashlib.sha256(data).hexdigest() == shard.get("sha256"):
                for row in _objects(msgspec.json.decode(data)["plugins"]):
                    yield _latest(row)


def _objects(value: JSON) -> list[JSONObject]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _latest(row: JSONObject) -> tuple[str, str | None]:
    latest = row.get("latest_version")
    return str(row.get("plugin_id")), latest if isinstance(latest, str) else None


def _first_repository(plugins: list[JSONObject]) -> Any:
    return plugins[0].get("repository_info", {}) if plugins else {}


def _fits(index: bytes, plugins: bytes) -> bool:
    """Say whether the list is the one whose sha256 the index names."""
    about: Any = msgspec.json.decode(index)
    if about["schema_version"] != SCHEMA_VERSION:
        raise OutsideError(
            f"the catalog is published in layout {about['schema_version']}, and this catalogctl"
            f" knows layout {SCHEMA_VERSION}: use a newer one"
        )
    named = about.get("lists", {}).get("all", {}).get("sha256")
    return named is None or named == hashlib.sha256(plugins).hexdigest()


def no_query(kind: str, name: str, known: Iterable[str] = ()) -> ApiError:
    """Return the error of a name that no saved or built-in query has, with the nearest one."""
    message = f"there is no {kind} query {name!r} in this catalog"
    return ApiError("ERROR_NOT_FOUND", message, hint=did_you_mean(name, known))


def _has_results(value: JSONObject) -> bool:
    return isinstance(value.get("results"), list)


def _object(sound: Callable[[JSONObject], bool]) -> Callable[[JSON], bool]:
    return lambda value: isinstance(value, dict) and sound(value)


def _is_answer(value: JSONObject) -> bool:
    return isinstance(value.get("results"), list) and isinstance(value.get("total_count"), int)


def _is_list(value: JSONObject) -> bool:
    if not _is_answer(value):
        return False
    plugins = _objects(value["results"])
    return len(plugins) == value["total_count"] and all(
        isinstance(each.get("repository_info", {}), dict) for each in plugins
    )


def _is_index(value: JSONObject) -> bool:
    lists = value.get("lists", {})
    return (
        isinstance(value.get("schema_version"), int)
        and isinstance(value.get("endpoints"), dict)
        and isinstance(value.get("repository_info", {}), dict)
        and isinstance(lists, dict)
        and isinstance(lists.get("all", {}), dict)
        and (value.get("now") is None or _time(value["now"]) is not None)
    )


def _time(value: JSON) -> str | None:
    """Return a time as the API writes it, None when it is none."""
    return parse_time(value) if isinstance(value, str) else None


def _is_shard(value: JSONObject) -> bool:
    return isinstance(value.get("plugins"), list)
