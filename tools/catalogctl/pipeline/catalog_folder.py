"""Answer the read calls from a catalog's folder, one plugin's from the cache of the last build.

The answers are those of `WorkingTree`, which is imported only where the cache does not have one.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.build_cache.cache_file import CacheFile
from catalogctl.content_hash import content_digest
from catalogctl.pipeline.cache_epochs import check_epoch
from catalogctl.pipeline.file_dates import FileDates
from catalogctl.pipeline.known_plugin import read_known
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.problem import Problem
from catalogctl.source.folder import (
    IMPORTED_FILE,
    MAX_LOCK_SIZE,
    MAX_YAML_SIZE,
    SETTINGS_FILE,
    Folder,
)
from catalogctl.source.history import check_files, read_history
from catalogctl.times import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from catalogctl.client.published_catalog import Everything
    from catalogctl.jsontypes import JSONObject
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.working_tree import WorkingTree
    from catalogctl.source.history import HistoryState


class _Found(NamedTuple):
    """A plugin whose files are still as the cache knows them; `lock` is the lock, if it is used."""

    summary: PluginSummary
    lock: bytes | None
    has_lock: bool
    state: HistoryState | None


class CatalogFolder:
    """The values of the catalog in a folder.

    `cache` is the folder of its cache, which is only read, None for no cache. `tell` is called with
    a line for the user, `now` overrides the clock.
    """

    def __init__(
        self,
        path: Path,
        *,
        cache: Path | None = None,
        tell: Callable[[str], None] = lambda _: None,
        now: str | None = None,
    ) -> None:
        self._path = path
        self._cache = cache
        self._tell = tell
        self._now = now

    def get(self, plugin_id: str, repository_id: str | None = None) -> JSONObject:
        """Return one PluginInfo; without `repository_id`, the repositories are asked in order."""
        found = self._found(plugin_id) if repository_id is None else None
        if found is None:
            return self._tree.get(plugin_id, repository_id)
        info: JSONObject = msgspec.json.decode(found.summary.encoded)
        dates = self._dates(plugin_id, found)
        info["created_at"], info["updated_at"] = dates.of_plugin(plugin_id, f"{plugin_id}.yaml")
        return info

    def get_versions(self, plugin_id: str, repository_id: str | None = None) -> JSONObject:
        """Return one VersionsInfo; without `repository_id`, the repositories are asked in order."""
        found = self._found(plugin_id) if repository_id is None else None
        if found is None:
            return self._tree.get_versions(plugin_id, repository_id)
        from catalogctl.lock import Lock, decode

        lock = None if found.lock is None else decode(found.lock)
        tags = [each.tag for each in lock.versions] if isinstance(lock, Lock) else []
        return {"results": [*tags], "total_count": len(tags)}

    def everything(self, repository_id: str | None = None) -> Everything:
        """Return all plugins of a repository in base order; see `WorkingTree.everything`."""
        return self._tree.everything(repository_id)

    def repositories(self) -> list[JSONObject]:
        """Return the RepositoryInfo of each repository, the catalog's own first."""
        return self._tree.repositories()

    def answer(self, kind: str, request: JSONObject) -> JSONObject | None:
        """Return None: files that may change at any moment have no precomputed answers."""
        del kind, request
        return None

    def saved(self, kind: str, name: str, now: str | None = None) -> JSONObject:
        """Return the answer of a saved or built-in query."""
        return self._tree.saved(kind, name, now)

    def saved_names(self, kind: str) -> Sequence[str]:
        """Return the names of the saved and built-in queries of a kind."""
        return self._tree.saved_names(kind)

    def saved_request(self, kind: str, name: str) -> JSONObject:
        """Return the request of a saved or built-in query."""
        return self._tree.saved_request(kind, name)

    @cached_property
    def _tree(self) -> WorkingTree:
        from catalogctl.pipeline.open_catalog import open_catalog
        from catalogctl.pipeline.working_tree import WorkingTree

        return WorkingTree(
            open_catalog(self._path), tell=self._tell, now=self._now, cache=self._cache
        )

    def _found(self, plugin_id: str) -> _Found | None:
        """Return what the cache says about a plugin, if its files are those that it knows."""
        if self._cache is None or not is_plugin_id(plugin_id):
            return None
        settings = Folder(self._path, "", "").read(SETTINGS_FILE)
        if isinstance(settings, Problem):
            return None
        with CacheFile(self._cache, writes=False, tell=self._tell) as cache:
            known, state = read_known(cache, check_epoch(settings), plugin_id)
        if known is None:
            return None
        file = self._read("plugins", f"{plugin_id}.yaml", MAX_YAML_SIZE)
        lock = self._read("versions", f"{plugin_id}.json", MAX_LOCK_SIZE)
        if isinstance(file, Problem) or isinstance(lock, Problem):
            return None
        digest = None if lock is None else content_digest(lock)
        if file is None or content_digest(file) != known.file.digest:
            return None
        if digest != (None if known.lock is None else known.lock.digest):
            return None
        return _Found(known.summary, lock if known.uses_lock else None, lock is not None, state)

    def _read(self, folder: str, name: str, limit: int) -> bytes | Problem | None:
        """Return the bytes of a file, or why it can't be read; None if there is none."""
        place = Folder(self._path, folder, folder)
        problem = place.wrong_type_problem()
        if problem is not None:
            return problem
        return place.read(name, limit) if place.has(name) else None

    def _dates(self, plugin_id: str, found: _Found) -> FileDates:
        """Return the sources of a plugin's dates."""
        files = [f"plugins/{plugin_id}.yaml"]
        if found.has_lock:
            files.append(f"versions/{plugin_id}.json")
        history = read_history(self._path, state=found.state, files=())
        history = check_files(self._path, history, files)
        for warning in history.warnings:
            self._tell(warning)
        fallback = self._now or clock(os.environ)
        return FileDates(history, self._imported(), fallback, self._path)

    def _imported(self) -> Mapping[str, JSONObject]:
        """Return the import dates by plugin_id."""
        top = Folder(self._path, "", "")
        if not top.has(IMPORTED_FILE):
            return {}
        from catalogctl.pipeline.open_catalog import read_imported

        return read_imported(top)[0]
