"""One plugin as the API speaks of it: PluginInfo, its versions, what the site adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject


class Version(msgspec.Struct, frozen=True, gc=False):
    """One version of the lock; `size` in bytes; `pushed_at` as the registry wrote it.

    A large catalog has a million of them: they are decoded from the lock as they are.
    """

    tag: str
    digest: str | None = None
    pushed_at: str | None = None
    size: int | float | None = None
    platforms: tuple[str, ...] | None = None


class Draft(NamedTuple):
    """A checked plugin on its way: small, for all of them are held at once and sent about.

    `encoded` is PluginInfo's compact JSON, made once. `has_lock` says that there is a sound lock
    file, `lock_is_used` that it was resolved from what the plugin file names now.
    """

    plugin_id: str
    encoded: bytes
    has_lock: bool
    lock_is_used: bool
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
    versions: tuple[Version, ...]
    latest_version: str | None
    lock: bytes | None
    lock_note: str
    resolved_at: str | None
    deprecated: JSONObject | None
    maintainers: tuple[str, ...]
    file: str
