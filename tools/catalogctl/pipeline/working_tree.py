"""Answer the read calls from a catalog's working tree, as a build would publish them."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from catalogctl.build_cache.cache_file import CacheFile
from catalogctl.client.published_catalog import Everything
from catalogctl.client.unknown_names import no_query, not_found
from catalogctl.errors import ApiError
from catalogctl.every_repository import EVERY
from catalogctl.model.assemble import info_of, plugin
from catalogctl.pipeline.cache_epochs import check_epoch
from catalogctl.pipeline.check_files import CheckedFile, check_file, check_result
from catalogctl.pipeline.checked_upstreams import TakenPlugins, check_upstreams
from catalogctl.pipeline.file_dates import FileDates
from catalogctl.pipeline.known_plugin import read_known
from catalogctl.pipeline.pool import spread
from catalogctl.pipeline.saved_queries import check_queries
from catalogctl.pipeline.summaries import summarize_file
from catalogctl.problem import Severity, has_errors
from catalogctl.query import base_order, check_repository
from catalogctl.source.history import check_files, plugin_files, read_history
from catalogctl.times import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.model.plugin import Plugin
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.check_files import FileCheck
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.pipeline.saved_queries import SavedQuery
    from catalogctl.problem import Problem
    from catalogctl.publish.upstreams import Upstream
    from catalogctl.source.history import History, HistoryState


class CatalogHasProblemsError(ApiError):
    """Raised if files that an answer needs have errors; `problems` has these and their warnings."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        errors = [each for each in problems if each.severity is Severity.ERROR]
        count = len(errors)
        noun = "error" if count == 1 else "errors"
        first = errors[0]
        super().__init__(
            "ERROR_UNKNOWN",
            f"the catalog has {count} {noun}, the first in {first.file}:{first.line}:"
            f" {first.message} (catalogctl validate shows all)",
        )
        self.problems = tuple(problems)


def _asked_for(
    own: Everything, upstreams: Sequence[Upstream], repository_id: str | None
) -> Everything:
    """Return the plugins of the repository asked for; the catalog's own if it is not known."""
    chosen = [each for each in upstreams if repository_id in {EVERY, each.repository_id}]
    if not chosen:
        return own
    rows = [row for each in chosen for row in each.plugins]
    latest = {row.plugin_id: row.versions.latest for row in reversed(rows)}
    plugins = [info_of(row) for row in rows]
    if repository_id == EVERY:
        newest = {**latest, **own.latest_versions()}
        return replace(own, plugins=[*own.plugins, *plugins], latest_versions=lambda: newest)
    return replace(
        own, plugins=plugins, repository_id=str(repository_id), latest_versions=lambda: latest
    )


class WorkingTree:
    """The values of an open catalog, read when they are requested.

    With an overlay, these are the values after a change made now. `cache` is the folder of the
    catalog's cache, which spares reading the whole history for one plugin; None for no cache.
    """

    def __init__(
        self,
        opened: OpenCatalog,
        *,
        tell: Callable[[str], None] = lambda _: None,
        now: str | None = None,
        cache: Path | None = None,
    ) -> None:
        self._opened = opened
        self._touched = frozenset(opened.touched)
        self._tell = tell
        self._now = now
        self._cache = cache
        self._history: History | None = None

    def get(self, plugin_id: str, repository_id: str | None = None) -> JSONObject:
        """Return one PluginInfo, reading only its own file.

        Without `repository_id`, or with EVERY, the repositories are asked in their order.
        """
        theirs = self._of_upstream(plugin_id, repository_id)
        return self.info(self._checked(plugin_id)) if theirs is None else info_of(theirs)

    def get_versions(self, plugin_id: str, repository_id: str | None = None) -> JSONObject:
        """Return one VersionsInfo, reading only its own files."""
        theirs = self._of_upstream(plugin_id, repository_id)
        if theirs is not None:
            tags = msgspec.json.decode(theirs.versions.tags)
            return {"results": tags, "total_count": len(tags)}
        lock = self._checked(plugin_id).lock
        tags = [each.tag for each in lock.lock.versions] if lock and lock.lock else []
        return {"results": [*tags], "total_count": len(tags)}

    def _of_upstream(self, plugin_id: str, repository_id: str | None) -> PluginSummary | None:
        """Return the plugin of an upstream that is to answer, None if the catalog itself is.

        Raise ApiError if the repository asked for is not known, or does not have the plugin.
        """
        own = self._opened.settings.repository_id
        asked = None if repository_id == EVERY else repository_id
        if asked == own or (asked is None and f"{plugin_id}.yaml" in self._opened.plugins.names):
            return None
        taken = TakenPlugins(self._opened, CatalogHasProblemsError)
        if asked is not None:
            known = {each["repository_id"] for each in taken.repositories}
            check_repository(asked, asked if asked in known else own)
        found = taken.find(plugin_id, asked)
        if found is None:
            own_ids = self._opened.plugin_ids if asked is None else ()
            raise not_found(plugin_id, [*own_ids, *taken.ids(asked)])
        return found

    def repositories(self) -> list[JSONObject]:
        """Return the RepositoryInfo of each repository, the catalog's own first."""
        theirs = TakenPlugins(self._opened, CatalogHasProblemsError).repositories
        return [{**each} for each in (self._opened.settings.repository_info, *theirs)]

    def _checked(self, plugin_id: str) -> CheckedFile:
        """Return the checked file of a plugin. Raise ApiError if it is missing or has errors."""
        name = f"{plugin_id}.yaml"
        if name not in self._opened.plugins.names:
            raise not_found(plugin_id, self._opened.plugin_ids)
        outcome = check_file(self._opened, name, lambda checked: checked)
        if outcome.value is None:
            raise CatalogHasProblemsError(outcome.problems)
        return outcome.value

    def info(self, checked: CheckedFile) -> JSONObject:
        """Return the PluginInfo of a checked file of this catalog."""
        stem = checked.file.removesuffix(".yaml")
        lock = f"versions/{stem}.json"
        files = [f"plugins/{checked.file}", *([lock] if checked.lock is not None else [])]
        return self._plugin(checked, self._dates(files, self._known_history(stem))).info

    def everything(self, repository_id: str | None = None) -> Everything:
        """Return all plugins in base order. Raise CatalogHasProblemsError if there are errors.

        They are those of the catalog's own repository, or of the one asked for, if it is known;
        with EVERY, those of all.
        """
        dates = self._dates()
        upstreams = check_upstreams(self._opened)

        def check(name: str) -> FileCheck[tuple[JSONObject, str | None]]:
            return check_file(self._opened, name, lambda file: self._listed(file, dates))

        checks = spread(check, self._opened.plugins.names)
        checked = check_result(self._opened, checks, upstreams=upstreams)
        if checked.has_errors:
            raise CatalogHasProblemsError(checked.errors)
        now = self._now or dates.history.commit_time or dates.fallback
        latest = {str(info["plugin_id"]): version for info, version in checked.values}
        own = base_order([info for info, _ in checked.values])
        every = Everything(own, now, self._opened.settings.repository_id, lambda: latest)
        return _asked_for(every, upstreams.upstreams, repository_id)

    def _listed(self, checked: CheckedFile, dates: FileDates) -> tuple[JSONObject, str | None]:
        whole = self._plugin(checked, dates)
        return whole.info, whole.summary.versions.latest

    def saved(self, kind: str, name: str, now: str | None = None) -> JSONObject:
        """Return the answer of a saved or built-in query, as a build would publish it."""
        from catalogctl.query import answer

        request = self.saved_request(kind, name)
        asked = request.pop("repository_id", None)
        everything = self.everything(None if asked is None else str(asked))
        moment = now or everything.now or clock(os.environ)
        repository_id = everything.repository_id
        is_taken = asked in {
            None,
            EVERY,
            repository_id,
        }  # an upstream that never was has no plugins
        plugins = everything.plugins if is_taken else []
        return answer(kind, request, plugins, now=moment, repository_id=repository_id)

    def saved_names(self, kind: str) -> list[str]:
        """Return the names of the saved and built-in queries of a kind."""
        return [*self._named_queries(kind)[0]]

    def saved_request(self, kind: str, name: str) -> JSONObject:
        """Return the request of a saved or built-in query."""
        known, problems = self._named_queries(kind)
        if name not in known:
            if has_errors(problems):
                raise CatalogHasProblemsError(problems)
            raise no_query(kind, name, known)
        query = known[name]
        asked = {"repository_id": query.repository_id} if query.repository_id else {}
        return {**query.request, **asked}

    def _named_queries(self, kind: str) -> tuple[dict[str, SavedQuery], list[Problem]]:
        """Return the queries of a kind that are published under a name, and the problems."""
        from catalogctl.pipeline.saved_answers import built_in

        saved, problems = check_queries(self._opened)
        named = [*(each for each in built_in() if each.is_named), *saved]
        return {each.name: each for each in named if each.kind == kind}, problems

    def _plugin(self, checked: CheckedFile, dates: FileDates) -> Plugin:
        summary = summarize_file(
            checked, self._opened.settings.repository_info, dates.of_file(checked.file)
        )
        return plugin(summary, checked.lock)

    def _known_history(self, plugin_id: str) -> HistoryState | None:
        """Return the history of one plugin's files that the cache has."""
        with CacheFile(self._cache, writes=False, tell=self._tell) as cache:
            return read_known(cache, check_epoch(self._opened.top.written), plugin_id).state

    def _dates(
        self, files: Collection[str] | None = None, state: HistoryState | None = None
    ) -> FileDates:
        """Return the sources of dates for some files of the catalog, or for all of them.

        `state` is a known history of these files. The whole history is read from git only once.
        """
        path = self._opened.path
        whole = self._history
        if whole is None:
            shallow = bool(self._touched)
            whole = read_history(path, state=state, files=(), allow_shallow=shallow)
            self._tell_all(whole.warnings)
        if whole.since is None:
            self._history = whole
        history = check_files(path, whole, plugin_files(path) if files is None else files)
        self._tell_all(history.warnings[len(whole.warnings) :])
        fallback = self._now or clock(os.environ)
        return FileDates(history, self._opened.imported, fallback, path, touched=self._touched)

    def _tell_all(self, warnings: Sequence[str]) -> None:
        for warning in warnings:
            self._tell(warning)
