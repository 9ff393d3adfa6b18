"""Answer the API's read calls from a catalog folder, a built tree or a URL: the Python API.

from catalogctl import Catalog
catalog = Catalog.open("https://plugins.example.org/")
catalog.get("plugin-aws-sns-mon-webhook")
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, Unpack, cast, overload

from catalogctl.errors import ApiError, UsageError
from catalogctl.every_repository import EVERY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from catalogctl.client.published_catalog import Everything, PublishedCatalog
    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.catalog_folder import CatalogFolder
    from catalogctl.plugin_messages import (
        ListFields,
        PluginInfo,
        PluginsInfo,
        RepositoriesInfo,
        StatFields,
        StatResult,
        VersionsInfo,
    )

    Values: TypeAlias = CatalogFolder | PublishedCatalog


class Catalog:
    """A catalog to read: its plugins, their versions, and what a query finds among them.

    Answers are plain dicts with the fields of the API, typed as PluginInfo, PluginsInfo,
    VersionsInfo and StatResult. A call that can't be answered raises ApiError, whose `code` says
    why; OutsideError means that the disk, git or the network failed.
    """

    def __init__(self, values: Values, *, now: str | None = None) -> None:
        self._values = values
        self._now = now

    @classmethod
    def open(  # noqa: PLR0913  (all but the location are keywords)
        cls,
        location: str | Path,
        *,
        now: str | None = None,
        tell: Callable[[str], None] = lambda _: None,
        require_fresh: bool = False,
        cache: Path | bool = True,
        trust: Path | str | bytes | None = None,
    ) -> Catalog:
        """Open a catalog folder, a built tree, or a published catalog's URL.

        `now` is the time that timediff queries count from ("2026-01-31T12:00:00.000Z"); by default
        it is the time of the catalog's last commit. If a host can't be reached, the last answer
        from the cache is returned: `tell` gets a line that says so, and with `require_fresh` it is
        an error instead. `cache` is for catalog folders, where `get` and `get_versions` read what
        the last build kept: True is the usual folder, False none. `trust` pins a signed catalog's
        first root, by its file, its bytes, or "sha256:" and its hash: from then on, this machine
        checks what is published at the URL, and raises TrustError if it is not what was signed.
        Raise UsageError if there is no catalog at the location.
        """
        text = str(location)
        if not isinstance(location, Path) and _is_address(text):
            return cls(_web(text, tell, trust, require_fresh=require_fresh), now=now)
        if trust is not None:
            raise UsageError(f"{text} is not a URL: only what a host serves is checked with trust")
        folder = Path(location)
        if folder.name == "index.json" and folder.is_file():
            folder = folder.parent
        for candidate in (folder, folder / "catalog"):
            if (candidate / "catalog.yaml").is_file():
                from catalogctl.pipeline.catalog_folder import CatalogFolder

                place = _cache_of(candidate, cache)
                return cls(CatalogFolder(candidate, cache=place, tell=tell, now=now), now=now)
        if (folder / "repository").is_dir():
            from catalogctl.client.published_catalog import PublishedCatalog
            from catalogctl.client.tree_reader import FolderReader

            return cls(PublishedCatalog(FolderReader(folder)), now=now)
        raise UsageError(f"no catalog at {text}: neither catalog.yaml nor a built tree is there")

    def get(
        self,
        plugin_id: str,
        only: Sequence[str] | None = None,
        *,
        repository_id: str | None = None,
    ) -> PluginInfo:
        """Return one plugin, or only the fields of it that `only` names, such as "tags.icon".

        The catalog's own plugins come first, then those of its upstreams, in their order;
        `repository_id` asks one repository alone.
        """
        info = self._values.get(_plugin_id(plugin_id), _repository(repository_id))
        if not only:
            return cast("PluginInfo", info)
        if isinstance(only, str):  # also a sequence, but never meant as one-letter fields
            raise _wrong(only, "/only", "a list of strings")
        for position, name in enumerate(only):
            _text(name, f"/only/{position}")
        from catalogctl.query import only_fields

        return cast("PluginInfo", only_fields(info, only))

    def get_versions(self, plugin_id: str, *, repository_id: str | None = None) -> VersionsInfo:
        """Return the versions of a plugin, newest first; `repository_id` is that of `get`."""
        versions = self._values.get_versions(_plugin_id(plugin_id), _repository(repository_id))
        return cast("VersionsInfo", versions)

    def repositories(self) -> RepositoriesInfo:
        """Return the repositories that are asked, in their order: first the catalog's own."""
        results = self._values.repositories()
        return cast("RepositoriesInfo", {"results": results, "total_count": len(results)})

    def list(self, query: JSONObject | None = None, **fields: Unpack[ListFields]) -> PluginsInfo:
        """Return the plugins that match a query and have the given fields: all without either.

        docs/query.md describes queries. Fields are those of the API, as in `provider="aws"`;
        `repository_id` asks an upstream instead of the catalog itself, or all with "*".
        """
        texts = cast("Mapping[str, str]", fields)
        request: JSONObject = {**texts, "query": {} if query is None else query}
        published = self._published("list", request) if query or fields else None
        if published is not None:
            return cast("PluginsInfo", published)
        return self._list(self._everything(texts), query, texts)

    def _everything(self, fields: Mapping[str, str]) -> Everything:
        """Return the plugins of the repository that a request names, or of the catalog's own."""
        asked = fields.get("repository_id")
        return self._values.everything(asked if isinstance(asked, str) and asked else None)

    def _published(self, kind: str, request: JSONObject) -> JSONObject | None:
        """Return the answer from build time, if there is one and no other time was requested."""
        return self._values.answer(kind, request) if self._now is None else None

    def list_with_versions(
        self, query: JSONObject | None = None, **fields: Unpack[ListFields]
    ) -> tuple[PluginsInfo, Mapping[str, str | None]]:
        """Return the same as `list`, and the newest version of each plugin by plugin_id."""
        texts = cast("Mapping[str, str]", fields)
        everything = self._everything(texts)
        return self._list(everything, query, texts), everything.latest_versions()

    def _list(
        self, everything: Everything, query: JSONObject | None, fields: Mapping[str, str]
    ) -> PluginsInfo:
        request: JSONObject = {**fields, "query": {} if query is None else query}
        return cast("PluginsInfo", self._answer("list", request, everything))

    def _answer(self, kind: str, request: JSONObject, everything: Everything) -> JSONObject:
        from catalogctl.query import answer

        now, repository_id = self._reference_time(everything), everything.repository_id
        if request.get("repository_id") == EVERY:
            request = {**request, "repository_id": repository_id}
        return answer(kind, request, everything.plugins, now=now, repository_id=repository_id)

    def stat(self, query: JSONObject, **fields: Unpack[StatFields]) -> StatResult:
        """Return the rows that a statistics query counts, groups or lists, as docs/query.md says.

        `total_count` is there if the query asks for a page.
        """
        texts = cast("Mapping[str, str]", fields)
        request: JSONObject = {**texts, "query": query}
        published = self._published("stat", request)
        answer = published or self._answer("stat", request, self._everything(texts))
        return cast("StatResult", answer)

    def search(self, words: str, *, literal: bool = False) -> PluginsInfo:
        """Return the plugins that the site's search finds for some words, best matches first.

        A word that occurs nowhere is replaced by the nearest ones that do, unless `literal`.
        """
        return self.search_with_versions(words, literal=literal)[0]

    def search_with_versions(
        self, words: str, *, literal: bool = False
    ) -> tuple[PluginsInfo, Mapping[str, Sequence[str]], Mapping[str, str | None]]:
        """Return the same as `search`, the corrected words, and the newest versions."""
        from catalogctl.query.plugin_search import search

        everything = self._values.everything(EVERY)
        matches = search(_answered(everything.plugins), words, literal=literal)
        answer: JSONObject = {"results": [*matches.plugins], "total_count": len(matches.plugins)}
        return cast("PluginsInfo", answer), matches.corrected, everything.latest_versions()

    @overload
    def saved(
        self, kind: Literal["list"], name: str, /, **fields: Unpack[ListFields]
    ) -> PluginsInfo: ...

    @overload
    def saved(
        self, kind: Literal["stat"], name: str, /, **fields: Unpack[StatFields]
    ) -> StatResult: ...

    def saved(
        self, kind: Literal["list", "stat"], name: str, /, **fields: str
    ) -> PluginsInfo | StatResult:
        """Return the answer to a saved query, or to a built-in stat, by its name.

        Fields that are given replace those saved with the query.
        """
        return cast("StatResult", self._saved(kind, name, fields))

    def _saved(self, kind: str, name: str, fields: Mapping[str, str]) -> JSONObject:
        given: JSONObject = {}
        if fields:
            from catalogctl.query import check_repository, given_fields

            given = given_fields(kind, {**fields})
        asked = given.get("repository_id")
        if isinstance(asked, str) and asked != EVERY:
            own, *others = (each["repository_id"] for each in self.repositories()["results"])
            if asked == own:
                del given["repository_id"]
            elif asked not in others:
                check_repository(asked, own)
        if not given:
            return self._values.saved(kind, name, self._now)
        request: JSONObject = {**self._values.saved_request(kind, name), **given}
        texts = cast("Mapping[str, str]", request)
        return self._answer(kind, request, self._everything(texts))

    def saved_names(self, kind: Literal["list", "stat"]) -> Sequence[str]:
        """Return the names that `saved` knows: saved queries and, for stat, built-in ones."""
        return self._values.saved_names(kind)

    def _reference_time(self, everything: Everything) -> str:
        """Return the requested `now`, else the edition's, else the clock's (query language, 7)."""
        from catalogctl.times import clock

        return self._now or everything.now or clock(os.environ)


def _answered(plugins: Sequence[JSONObject]) -> Sequence[JSONObject]:
    """Return the plugins that are answered for by their ids, in base order; `plugins` are all."""
    from catalogctl.query import base_order

    first: dict[object, JSONObject] = {}
    for each in plugins:
        first.setdefault(each.get("plugin_id"), each)
    return base_order([*first.values()])


def _text(value: str, pointer: str) -> str:
    """Return a text argument. Raise ApiError if an untyped caller passed something else."""
    if not isinstance(value, str):
        raise _wrong(value, pointer, "a string")
    return value


def _plugin_id(value: str) -> str:
    """Return the plugin asked for. Raise ApiError if it is not given."""
    if not _text(value, "/plugin_id"):
        from catalogctl.client.unknown_names import not_found

        raise not_found(value)
    return value


def _repository(value: str | None) -> str | None:
    """Return the repository asked for, None if it is not given."""
    return None if value is None else _text(value, "/repository_id") or None


def _wrong(value: object, pointer: str, expected: str) -> ApiError:
    from catalogctl.wording import json_kind

    name = pointer.split("/")[1]
    message = f"{name} is {json_kind(value)}, not {expected}"
    return ApiError("ERROR_INVALID_PARAMETER", message, pointer)


def _is_address(text: str) -> bool:
    from catalogctl.fetch.address_or_path import is_address

    return is_address(text)


def _cache_of(catalog: Path, given: Path | bool) -> Path | None:  # noqa: FBT001  (as `open`)
    from catalogctl.build_cache.cache_place import catalog_cache

    if isinstance(given, Path):
        return given
    return catalog_cache(catalog, os.environ) if given else None


def _web(
    url: str,
    tell: Callable[[str], None],
    trust: Path | str | bytes | None,
    *,
    require_fresh: bool,
) -> Values:
    """Return the values at a URL, checked if a root is pinned now or was before."""
    from catalogctl.build_cache.cache_place import cache_home
    from catalogctl.client.cache import Cache
    from catalogctl.trust.open_published import open_published

    cache = Cache(cache_home(os.environ))
    return open_published(url, trust, cache=cache, tell=tell, require_fresh=require_fresh)
