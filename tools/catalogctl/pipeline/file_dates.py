"""Date plugins by git history, import dates, or a fallback time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.source.history import History


class PluginDates(NamedTuple):
    """The dates of the plugin in `plugins/<name>`; `file` is that file's path in the repository."""

    name: str
    created_at: str
    updated_at: str
    resolved_at: str | None
    file: str


@dataclass(frozen=True, slots=True)
class FileDates:
    """The sources of dates.

    `fallback` is for files that git does not know, and for those in `touched`, just changed.
    """

    history: History
    imported: Mapping[str, JSONObject]
    fallback: str
    catalog: Path
    touched: frozenset[str] = frozenset()

    def repository_path(self, name: str) -> str:
        """Return a file's path relative to the top of the repository, for links to it."""
        return _catalog_prefix(self.catalog, self.history.root) + name

    def of_plugin(self, plugin_id: str, name: str) -> tuple[str, str]:
        """Return created_at and updated_at of the plugin in `plugins/<name>`.

        A file with uncommitted changes counts as changed just now (product contract, 5). An
        imported plugin keeps its original created_at, and its updated_at until its file first
        changes here (product contract, 2 and 8).
        """
        path = f"plugins/{name}"
        known = self.history.dates.get(path)
        is_touched = path in self.touched or path in self.history.uncommitted
        created_at = known.created_at if known else self.fallback
        updated_at = known.updated_at if known and not is_touched else self.fallback
        brought = self.imported.get(plugin_id)
        if brought is not None:
            is_new = known is None and path not in self.touched
            unchanged = is_new or (known is not None and not known.has_changed and not is_touched)
            created_at = str(brought.get("created_at") or created_at)
            if unchanged:
                updated_at = str(brought.get("updated_at") or updated_at)
        return created_at, max(created_at, updated_at)

    def of_file(self, name: str) -> PluginDates:
        """Return the dates of the plugin in `plugins/<name>`."""
        stem = name.removesuffix(".yaml")
        path = self.repository_path(f"plugins/{name}")
        return PluginDates(name, *self.of_plugin(stem, name), self.resolved_at(stem), path)

    def resolved_at(self, stem: str) -> str | None:
        """Return when the lock was last committed; None if it never was."""
        known = self.history.dates.get(f"versions/{stem}.json")
        return known.updated_at if known else None


@lru_cache(maxsize=4)
def _catalog_prefix(catalog: Path, top: Path | None) -> str:
    """Return the catalog's folder relative to the top of its repository, with a final slash."""
    if top is None:
        return f"{catalog.name}/" if catalog.name else ""
    way = catalog.resolve().relative_to(top.resolve()).as_posix()
    return "" if way == "." else f"{way}/"
