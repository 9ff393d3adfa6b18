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


class Draft(msgspec.Struct, frozen=True, gc=False):
    """A checked plugin on its way: small, for all of them are held at once and sent about.

    `encoded` is PluginInfo's compact JSON, made once. The lock is not among it: it is read when
    the plugin is made, and dropped with it.
    """

    plugin_id: str
    encoded: bytes
    resolved_at: str | None
    deprecated: JSONObject | None
    maintainers: tuple[str, ...]
    file: str


class Plugin(msgspec.Struct, frozen=True):
    """A plugin ready to be published.

    `info` is PluginInfo in the seed's field order with defaults filled in, and `encoded` its
    compact JSON, made once. `versions` are newest first and empty without a usable lock;
    `lock` is the committed file as read, `lock_note` says why a lock is not used ("" when it is,
    or when there is none). `file` is the YAML's path in the repository, for «edit» and «history».
    """

    plugin_id: str
    info: JSONObject
    encoded: bytes
    versions: Sequence[LockedVersion]
    latest_version: str | None
    lock: bytes | None
    lock_note: str
    resolved_at: str | None
    deprecated: JSONObject | None
    maintainers: tuple[str, ...]
    file: str
