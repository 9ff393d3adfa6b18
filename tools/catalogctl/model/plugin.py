"""Define a plugin: its PluginInfo, its versions, and what the site needs in addition."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from catalogctl.jsontypes import JSONObject
from catalogctl.lock import Lock, LockedVersion
from catalogctl.model.plugin_documents import NO_DOCUMENTS, PluginDocuments
from catalogctl.model.plugin_summary import PluginSummary


class CheckedLock(msgspec.Struct, frozen=True, gc=False):
    """The bytes of a lock file, and its contents, or None if they are not used.

    A lock is used if it was resolved from the source that the plugin file now names.
    """

    data: bytes
    lock: Lock | None


class Plugin(msgspec.Struct, frozen=True):
    """A plugin, ready to be published.

    `info` is PluginInfo in the seed's field order, with defaults filled in. `versions` are sorted
    newest first, and empty without a usable lock; `encoded_versions` is VersionsInfo's compact
    JSON. `lock` is the committed file as read; `lock_note` is the reason why the lock is not used,
    or "" if it is used or there is none. `documents` is what else people wrote about the plugin.
    """

    summary: PluginSummary
    info: JSONObject
    versions: Sequence[LockedVersion]
    encoded_versions: bytes
    lock: bytes | None
    lock_note: str
    documents: PluginDocuments = NO_DOCUMENTS
