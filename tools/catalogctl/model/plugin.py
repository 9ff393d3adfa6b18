"""Define a plugin: its PluginInfo, its versions, and what the site needs in addition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from catalogctl.jsontypes import JSONObject
from catalogctl.lock import Lock, LockedVersion


class CheckedLock(msgspec.Struct, frozen=True, gc=False):
    """The bytes of a lock file, and its contents, or None if they are not used.

    A lock is used if it was resolved from the source that the plugin file now names.
    """

    data: bytes
    lock: Lock | None


class VersionsSummary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A plugin's versions in lists; `sha256` is the hash of its `get-versions` file."""

    latest: str | None = None
    released_at: str | None = None
    sha256: str = ""


class PluginSummary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The part of a plugin that lists, facets, the index, feeds and the search use.

    It is created when the plugin's file is checked, and small, because the summaries of all plugins
    are in memory at once. `encoded` is PluginInfo's compact JSON, encoded once. `description` and
    `icon` are those of `tags`, or "" if they are not strings. `file` is the YAML file's path in the
    repository. `versions` is set once the lock is read.
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
    versions: VersionsSummary = VersionsSummary()


class Plugin(msgspec.Struct, frozen=True):
    """A plugin, ready to be published.

    `info` is PluginInfo in the seed's field order, with defaults filled in. `versions` are sorted
    newest first, and empty without a usable lock; `encoded_versions` is VersionsInfo's compact
    JSON. `lock` is the committed file as read; `lock_note` is the reason why the lock is not used,
    or "" if it is used or there is none.
    """

    summary: PluginSummary
    info: JSONObject
    versions: Sequence[LockedVersion]
    encoded_versions: bytes
    lock: bytes | None
    lock_note: str
