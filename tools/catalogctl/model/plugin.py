"""One plugin as the API speaks of it: PluginInfo, its versions, what the site adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.lock import Lock, LockedVersion


class CheckedLock(msgspec.Struct, frozen=True, gc=False):
    """A lock file as it was read, and what it says; None where that is not used.

    A lock is used when it was resolved from what the plugin file names now.
    """

    data: bytes
    lock: Lock | None


class VersionsSummary(msgspec.Struct, frozen=True, gc=False):
    """What lists say of a plugin's versions; `sha256` is that of its `get-versions` file."""

    latest: str | None = None
    released_at: str | None = None
    sha256: str = ""


class PluginSummary(msgspec.Struct, frozen=True, gc=False):
    """What lists, facets, the index, feeds and the search read of a plugin.

    Made when the plugin's file is checked, and small, for those of all plugins are held at once.
    `encoded` is PluginInfo's compact JSON, made once. `description` and `icon` are those of `tags`,
    "" where they are not texts. `file` is the YAML's path in the repository. `versions` are known
    once the lock was read.
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
    deprecated: JSONObject | None
    maintainers: tuple[str, ...]
    file: str
    resolved_at: str | None
    versions: VersionsSummary = VersionsSummary()


class Plugin(msgspec.Struct, frozen=True):
    """A plugin ready to be published.

    `info` is PluginInfo in the seed's field order with defaults filled in. `versions` are newest
    first and empty without a usable lock; `encoded_versions` is VersionsInfo's compact JSON. `lock`
    is the committed file as read, `lock_note` says why a lock is not used ("" when it is, or when
    there is none).
    """

    summary: PluginSummary
    info: JSONObject
    versions: Sequence[LockedVersion]
    encoded_versions: bytes
    lock: bytes | None
    lock_note: str
