"""Read PluginInfo, lists, versions and saved answers from a published tree."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from catalogctl.client.edition_reader import INDEX, EditionReader, decoded
from catalogctl.client.published_index import (
    ALL,
    API,
    NamedFile,
    PublishedIndex,
    answer_hashes,
    entry_of,
    files_of_all,
    files_of_every,
    has_results,
    is_index,
    is_list,
    is_plugin,
    is_versions,
    objects_of,
    paths_of,
    repositories_of,
    rows_of,
    time_of,
)
from catalogctl.client.published_upstreams import PublishedUpstreams, upstream_ids
from catalogctl.client.tree_reader import (
    MissingFile,
    NoAnswerError,
    has_json_shape,
)
from catalogctl.client.unknown_names import no_query, not_found
from catalogctl.errors import ApiError, OutsideError, TrustError, UsageError
from catalogctl.every_repository import EVERY
from catalogctl.jsontypes import as_object
from catalogctl.plugin_ids import is_plugin_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from catalogctl.client.tree_reader import Reader, Shape
    from catalogctl.client.whole_catalog import WholeCatalog
    from catalogctl.jsontypes import JSONObject

_QUERY_NAME = re.compile(r"[a-z0-9-]{1,64}")


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
        self._edition = EditionReader(reader)
        self._upstreams = PublishedUpstreams(reader, self._edition)

    def get(self, plugin_id: str, repository_id: str | None = None) -> JSONObject:
        """Return one PluginInfo; raise ApiError for an unknown plugin, or NoAnswerError.

        Without `repository_id`, or with EVERY, the repositories are asked in their order.
        """

        def own() -> JSONObject:
            return self._one("get", "sha256", plugin_id, lambda value: is_plugin(value, plugin_id))

        return self._first(plugin_id, repository_id, own, self._upstreams.plugin)

    def get_versions(self, plugin_id: str, repository_id: str | None = None) -> JSONObject:
        """Return a VersionsInfo; raise as `get` does."""

        def own() -> JSONObject:
            return self._one("get-versions", "versions_sha256", plugin_id, is_versions)

        return self._first(plugin_id, repository_id, own, self._upstreams.versions)

    def _first(
        self,
        plugin_id: str,
        repository_id: str | None,
        own: Callable[[], JSONObject],
        theirs: Callable[[str, Sequence[str]], JSONObject | None],
    ) -> JSONObject:
        """Return the answer of the first repository among those asked that has a plugin."""
        asked = None if repository_id == EVERY else repository_id
        if asked is None or asked == self._own_id():
            try:
                return own()
            except ApiError:
                # The answer came from the index that was just read, if there is one.
                index = self._edition.last_index
                others = upstream_ids(index)
                if asked or index is None or not others:
                    raise
            own_ids = partial(self._edition.plugin_ids, index, plugin_id)
            return self._of_upstreams(plugin_id, others, theirs, own_ids)
        if asked not in upstream_ids(self._edition.index()):
            from catalogctl.query import check_repository

            check_repository(asked, self._own_id())
        return self._of_upstreams(plugin_id, [asked], theirs, list)

    def _of_upstreams(
        self,
        plugin_id: str,
        repositories: Sequence[str],
        theirs: Callable[[str, Sequence[str]], JSONObject | None],
        own_ids: Callable[[], list[str]],
    ) -> JSONObject:
        """Return the answer of the first upstream that has a plugin; `own_ids` were asked first."""
        found = theirs(plugin_id, repositories) if is_plugin_id(plugin_id) else None
        if found is None:
            ids = _if_readable(lambda: [*own_ids(), *self._upstreams.ids(repositories)])
            raise not_found(plugin_id, ids)
        return found

    def _own_id(self) -> str:
        """Return the id of the catalog's own repository."""
        index = self._edition.index()
        if index is None:
            return self._own_plugins().repository_id
        return str(index.table("repository_info").get("repository_id", ""))

    def repositories(self) -> list[JSONObject]:
        """Return the RepositoryInfo of each repository, the catalog's own first."""
        index = self._edition.index()
        if index is None:
            return [_first_repository(self._own_plugins().plugins)]
        infos = (as_object(each["repository_info"]) for each in repositories_of(index).values())
        return [*infos] or [index.table("repository_info")]

    def saved(self, kind: str, name: str, now: str | None = None) -> JSONObject:
        """Return the published answer of a saved or built-in query.

        It is as old as the tree: raise UsageError if `now` is given. Raise ApiError if there is no
        such query, NoAnswerError if there is no answer.
        """
        if now is not None:
            raise UsageError("a saved query was answered when the tree was built: leave out now")
        if not _QUERY_NAME.fullmatch(name):
            raise no_query(kind, name, _if_readable(partial(self.saved_names, kind)))
        path = f"{API}{'stat' if kind == 'stat' else 'list/saved'}/{name}.json"

        def named(index: PublishedIndex) -> list[NamedFile]:
            row = as_object(index.table("stats" if kind == "stat" else "saved").get(name))
            if row.get("path") != path:
                raise no_query(kind, name, _query_names(index, kind))
            return [NamedFile(path, entry_of(row))]

        try:
            (answer,) = self._edition.read(path, has_results, named).values
        except MissingFile:
            self._all_ids()
            raise no_query(kind, name) from None
        except NoAnswerError as error:
            answer = decoded(self._last(error, path, has_results))
        return answer

    def saved_names(self, kind: str) -> list[str]:
        """Return the names of the saved and built-in queries of a kind, if there is an index."""
        index = self._edition.index()
        return _query_names(index, kind) if index else []

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
            index = self._edition.index()
            own = index.table("repository_info").get("repository_id") if index else repository
            if repository and repository != own:
                return None
            data = self._reader.read(path, has_results)
        except MissingFile:
            self._reader.forget(path)
            return None
        except TrustError:
            raise
        except OutsideError:
            # The list of all plugins may be cached even if this answer is not.
            return None
        if index is not None and hashlib.sha256(data).hexdigest() not in answer_hashes(index):
            return None
        return decoded(data)

    def everything(self, repository_id: str | None = None) -> Everything:
        """Return all plugins of one edition, never of two; raise NoAnswerError if unreadable.

        They are those of the catalog's own repository, or of the one asked for, if it is known;
        with EVERY, those of all.
        """
        others = [] if repository_id is None else upstream_ids(self._edition.index())
        if repository_id == EVERY and others:
            index, lists = self._edition.read(ALL, is_list, files_of_every)
            self._forget_before(index)
            every = self._everything(index, rows_of(lists))
            return replace(every, latest_versions=partial(self._latest_of, [None, *others]))
        if repository_id in others:
            index, lists = self._upstreams.plugins(str(repository_id))
            theirs = self._everything(index, rows_of(lists))
            newest = partial(self._latest_of, [repository_id])
            return replace(theirs, repository_id=str(repository_id), latest_versions=newest)
        return self._own_plugins()

    def _latest_of(self, repositories: Iterable[str | None]) -> dict[str, str | None]:
        """Return the newest version of each plugin by plugin_id; None is the catalog's own."""
        from catalogctl.model.upstream_plugins import latest_of

        found: dict[str, str | None] = {}
        for each in repositories:
            if each is None:
                index = self._edition.index()
                newest = self._edition.latest_versions(index) if index is not None else iter(())
            else:
                newest = ((name, latest_of(tags)) for name, tags in self._upstreams.tags(each))
            for plugin_id, version in newest:
                found.setdefault(plugin_id, version)
        return found

    def _own_plugins(self) -> Everything:
        """Return all plugins of the catalog's own repository."""
        try:
            index, lists = self._edition.read(ALL, is_list, files_of_all)
        except MissingFile:
            raise self._no_catalog() from None
        except NoAnswerError as error:
            whole = self._last_whole()
            if whole is None:
                raise
            self._reader.report_old_answer(error.what, whole.fetched_at)
            return self._everything(whole.catalog_index, whole.plugins)
        if index is not None:
            self._cache_snapshot(index)
        return self._everything(index, rows_of(lists))

    def whole(self) -> WholeCatalog:
        """Return all repositories of one edition; raise NoAnswerError if one can't be read."""
        from catalogctl.client.whole_catalog import read_whole

        try:
            return read_whole(self._edition)
        except MissingFile:
            raise self._no_catalog() from None

    def stop(self) -> None:
        """End what other threads read: the answers are not wanted any more."""
        self._reader.stop()

    def index_bytes(self) -> bytes:
        """Return the index as it is published now; raise NoAnswerError if it can't be read."""
        try:
            return self._reader.read(INDEX, is_index)
        except MissingFile:
            raise self._no_catalog() from None

    def _cache_snapshot(self, index: PublishedIndex) -> None:
        """Cache an index whose list was read with it, and forget the files of the one before."""
        self._reader.cache_snapshot(index.data)
        self._reader.keep_only("all", paths_of(files_of_all(index)))

    def _forget_before(self, index: PublishedIndex | None) -> None:
        """Forget the files that the list of all repositories had, unless the snapshot has them."""
        last = self._reader.last_index()
        own: list[NamedFile] = []
        if last is not None and has_json_shape(last.data, is_index):
            own = files_of_all(PublishedIndex(decoded(last.data), last.data))
        if index is not None:
            self._reader.keep_only("every", paths_of(files_of_every(index)), paths_of(own))

    def _one(self, call: str, member: str, plugin_id: str, has_shape: Shape) -> JSONObject:
        """Return the answer to a call about one plugin; `member` of its row is the file's hash."""
        if not is_plugin_id(plugin_id):
            raise not_found(plugin_id, _if_readable(partial(self._own_ids, plugin_id)))
        path = f"{API}{call}/{plugin_id}.json"
        if self._reader.is_signed:
            return self._signed(path, plugin_id, has_shape)
        try:
            (answer,) = self._edition.read(
                path,
                has_shape,
                lambda index: [
                    NamedFile(path, self._edition.plugin_entry(index, plugin_id, member))
                ],
            ).values
        except ApiError:
            self._reader.forget(path)
            raise
        except MissingFile:
            known = self._all_ids()
            self._reader.forget(path)
            raise not_found(plugin_id, known) from None
        except NoAnswerError as error:
            return self._cached_plugin_answer(error, path, plugin_id, has_shape)
        return answer

    def _signed(self, path: str, plugin_id: str, has_shape: Shape) -> JSONObject:
        """Return a signed answer about a plugin; the index is only read to suggest other ids."""
        try:
            return decoded(self._reader.read(path, has_shape))
        except MissingFile:
            raise not_found(plugin_id, self._own_ids(plugin_id)) from None
        except NoAnswerError as error:
            return self._cached_plugin_answer(error, path, plugin_id, has_shape)

    def _own_ids(self, plugin_id: str) -> list[str]:
        """Return the ids of the catalog's own plugins, to suggest one instead of an unknown one."""
        index = self._edition.index()
        if index is None:
            return self._all_ids()
        with suppress(MissingFile):  # of another edition by now
            return self._edition.plugin_ids(index, plugin_id)
        return []

    def _all_ids(self) -> list[str]:
        """Return the ids of a tree without an index; a missing file is then not in the catalog.

        Raise NoAnswerError if there is no catalog at all, because a 404 then means nothing.
        """
        try:
            data = self._reader.read(ALL, is_list)
        except MissingFile:
            raise self._no_catalog() from None
        return [str(each.get("plugin_id")) for each in objects_of(decoded(data)["results"])]

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
            return decoded(self._last(error, path, has_shape))
        for plugin in whole.plugins:
            if plugin.get("plugin_id") == plugin_id and has_shape(plugin):
                self._reader.report_old_answer(error.what, whole.fetched_at)
                return plugin
        return decoded(self._last(error, path, has_shape))

    def _last_whole(self) -> _Snapshot | None:
        """Return the last index and list that were cached together, or None."""
        index = self._reader.last_index()
        if index is None or not has_json_shape(index.data, is_index):
            return None
        published = PublishedIndex(decoded(index.data), index.data)
        lists: list[JSONObject] = []
        for path, entry in files_of_all(published):
            last = self._reader.last(path, is_list, entry=entry)
            if last is None:
                return None
            lists.append(decoded(last.data))
        return _Snapshot(published, rows_of(lists), index.fetched_at)

    def _everything(self, index: PublishedIndex | None, results: list[JSONObject]) -> Everything:
        repository = index.table("repository_info") if index is not None else {}
        repository_id = (repository or _first_repository(results)).get("repository_id", "")
        return Everything(
            results,
            time_of(index.about.get("now")) if index is not None else None,
            str(repository_id),
            lambda: dict(self._edition.latest_versions(index)) if index is not None else {},
        )


class _Snapshot(NamedTuple):
    catalog_index: PublishedIndex
    plugins: list[JSONObject]
    fetched_at: float


def _if_readable(names: Callable[[], list[str]]) -> list[str]:
    """Return names that are only needed to suggest one; none if they can't be read."""
    try:
        return names()
    except (MissingFile, NoAnswerError):
        return []


def _query_names(index: PublishedIndex, kind: str) -> list[str]:
    """Return the names of the saved and built-in queries of a kind."""
    stats, saved = index.table("stats"), index.table("saved")
    return list(stats) if kind == "stat" else [name for name in saved if name not in stats]


def _first_repository(plugins: list[JSONObject]) -> Any:
    return plugins[0].get("repository_info", {}) if plugins else {}
