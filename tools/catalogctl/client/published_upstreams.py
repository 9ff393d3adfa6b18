"""Read the plugins of a published catalog's upstreams from their lists.

The index has the hash of each list, but of no single plugin of an upstream, so one plugin is read
from the list, too: what is found is what the index names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.client.published_index import (
    files_of_list,
    is_list,
    is_versions_list,
    paths_of,
    repositories_of,
    rows_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.client.edition_reader import EditionReader, NamedValues
    from catalogctl.client.published_index import NamedFile, PublishedIndex
    from catalogctl.client.tree_reader import Reader, Shape
    from catalogctl.jsontypes import JSONObject


def upstream_ids(index: PublishedIndex | None) -> list[str]:
    """Return the ids of the upstreams' repositories, in the order in which they are asked."""
    return [] if index is None else [*repositories_of(index)][1:]


class PublishedUpstreams:
    """The upstreams of a published catalog."""

    def __init__(self, reader: Reader, edition: EditionReader) -> None:
        self._reader = reader
        self._edition = edition

    def plugin(self, plugin_id: str, repositories: Sequence[str]) -> JSONObject | None:
        """Return the PluginInfo of the first of these repositories that has a plugin, or None."""
        return self._first(plugin_id, repositories, "all", is_list)

    def versions(self, plugin_id: str, repositories: Sequence[str]) -> JSONObject | None:
        """Return the VersionsInfo of the first of these repositories that has a plugin, or None."""
        row = self._first(plugin_id, repositories, "versions", is_versions_list)
        if row is None:
            return None
        tags = row["results"]
        return {"results": tags, "total_count": len(tags) if isinstance(tags, list) else 0}

    def plugins(self, repository_id: str) -> NamedValues:
        """Return the lists of an upstream's plugins."""
        return self._rows(repository_id, "all", is_list)

    def tags(self, repository_id: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the versions of each plugin of an upstream, by plugin_id."""
        for row in rows_of(self._rows(repository_id, "versions", is_versions_list).values):
            tags = row["results"]
            yield str(row.get("plugin_id")), [*map(str, tags)] if isinstance(tags, list) else []

    def ids(self, repositories: Sequence[str]) -> list[str]:
        """Return the ids of all plugins of these repositories."""
        return [plugin_id for each in repositories for plugin_id, _ in self.tags(each)]

    def _first(
        self, plugin_id: str, repositories: Sequence[str], name: str, has_shape: Shape
    ) -> JSONObject | None:
        """Return a plugin's row in a list of the first repository that has one, or None."""
        for repository_id in repositories:
            for row in rows_of(self._rows(repository_id, name, has_shape).values):
                if row.get("plugin_id") == plugin_id:
                    return row
        return None

    def _rows(self, repository_id: str, name: str, has_shape: Shape) -> NamedValues:
        """Return the files of a list of an upstream; none if the index does not name it (now)."""

        def named(index: PublishedIndex) -> list[NamedFile]:
            repository = repositories_of(index).get(repository_id)
            return [] if repository is None else files_of_list(repository, name)

        found = self._edition.read("", has_shape, named)
        if found.catalog_index is not None:
            paths = paths_of(named(found.catalog_index))
            self._reader.keep_only(f"{repository_id}/{name}", paths)
        return found
