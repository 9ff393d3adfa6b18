"""Define what lists, facets, the index, feeds and the search use of a plugin."""

from __future__ import annotations

from typing import Any

import msgspec


class Release(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A version, and when it was released, in the API's format."""

    released_at: str
    version: str
    prerelease: bool


class VersionsSummary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A plugin's versions in lists, the news and the statistics.

    `sha256` is the hash of its `get-versions` file, which has `count` versions. `releases` are the
    versions of which the time is known, newest first: the JSON of a list of `Release`, because the
    summaries of all plugins are in memory at once. `last_release` is the time of the first of them.
    `has_moved` is whether a version ever referred to another image than it did before. `tags` is
    the JSON of the list of versions, newest first.
    """

    latest: str | None = None
    released_at: str | None = None
    sha256: str = ""
    count: int = 0
    releases: bytes = b"[]"
    last_release: str | None = None
    has_moved: bool = False
    tags: bytes = b"[]"


class PluginSummary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The part of a plugin that lists, facets, the index, feeds and the search use.

    It is created when the plugin's file is checked, and small, because the summaries of all plugins
    are in memory at once. `encoded` is PluginInfo's compact JSON, encoded once. `description` and
    `icon` are those of `tags`, or "" if they are not strings. `file` is the YAML file's path in the
    repository. `icon_path` is the path of the plugin's own icon in the tree, "" if it has none.
    `versions` is set once the lock is read. `repository` is the name of the upstream that the
    plugin was taken from, "" for the catalog's own.
    """

    plugin_id: str
    name: str
    image: str
    registry_url: str
    state: str
    service_type: str
    provider: str | None
    registry_type: str
    labels: tuple[str, ...]
    description: str
    icon: str
    created_at: str
    updated_at: str
    encoded: bytes
    deprecated: dict[str, Any] | None
    maintainers: tuple[str, ...]
    file: str
    resolved_at: str | None
    icon_path: str = ""
    versions: VersionsSummary = VersionsSummary()
    repository: str = ""


def base_key(plugin: PluginSummary) -> tuple[str, str]:
    """Return the key of base order, that of lists without a sort key (docs/query.md)."""
    return plugin.name, plugin.plugin_id
