"""Plan the calls enable, disable, and deregister."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from catalogctl import schemas
from catalogctl.calls.planned_change import (
    PlannedChange,
    RefusedCallError,
    existing_bytes,
    imported_dates,
    plugin_bytes,
    plugin_path,
    read_plugin,
    rewritten,
)
from catalogctl.edit import set_value, unset_value
from catalogctl.errors import ApiError
from catalogctl.files import Replacement
from catalogctl.source.blobs import committed_file
from catalogctl.source.document import parse
from catalogctl.source.document_folders import ICONS, largest
from catalogctl.source.folder import MAX_LOCK_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.pipeline.open_catalog import OpenCatalog

ENABLED = "ENABLED"
"""The default state, if a plugin's file doesn't set it."""


def state_change(opened: OpenCatalog, plugin_id: str, state: str) -> PlannedChange:
    """Return the change to `ENABLED` or `DISABLED`; it has no files if that is the state."""
    document = read_plugin(opened, plugin_id)
    before = document.data
    if (document.value.get("state") or ENABLED) == state:
        return PlannedChange(plugin_id, ())
    after = _enabled(opened, plugin_id, before) if state == ENABLED else _with_state(before, state)
    return rewritten(plugin_id, before, after)


def _with_state(data: bytes, state: str) -> bytes:
    return set_value(data, "/state", state, order=schemas.fields("PluginFile"))


def _enabled(opened: OpenCatalog, plugin_id: str, disabled: bytes) -> bytes:
    """Return a file as it was before it was disabled, if that can be determined.

    That is the committed file, if disabling it gives the present one; otherwise the file without
    its state, on the same condition. If an author wrote the state in another way, set it to
    ENABLED and keep its comments.
    """
    committed = committed_file(opened.path, plugin_path(plugin_id))
    if committed is not None and _becomes_by_disable(committed, disabled):
        return committed
    with contextlib.suppress(ApiError):  # an alias may refer to the state
        stateless = unset_value(disabled, "/state")
        if _becomes_by_disable(stateless, disabled):
            return stateless
    return _with_state(disabled, ENABLED)


def _becomes_by_disable(earlier: bytes, disabled: bytes) -> bool:
    """Return whether `earlier` is enabled, and disabling it gives `disabled`."""
    document = parse("", "", earlier)
    if document.problems or (document.value.get("state") or ENABLED) != ENABLED:
        return False
    with contextlib.suppress(ApiError):
        return _with_state(earlier, "DISABLED") == disabled
    return False


def deregistration(opened: OpenCatalog, plugin_id: str) -> PlannedChange:
    """Return the change that removes a plugin.

    Its lock, its documents and its icon are removed first: a run that is killed in between leaves a
    plugin without them, which is valid, and never any of them without its plugin (hardening Q-20).
    Its import dates are removed last; a plugin that is registered under this id later gets new
    dates.
    """
    file = Replacement(plugin_path(plugin_id), plugin_bytes(opened, plugin_id), None)
    name = f"{plugin_id}.json"
    locks = []
    if name in opened.locks:
        lock = existing_bytes(opened.lock_folder, name, MAX_LOCK_SIZE)
        locks = [Replacement(f"versions/{name}", lock, None)]
    others = {name: dates for name, dates in opened.imported.items() if name != plugin_id}
    documents = _without_documents(opened, plugin_id)
    return PlannedChange(plugin_id, (*locks, *documents, file, *imported_dates(opened, others)))


def _without_documents(opened: OpenCatalog, plugin_id: str) -> Iterator[Replacement]:
    """Yield the removal of each document and picture of a plugin."""
    for folder, listing in opened.documents.listings(plugin_id):
        if listing.problems:
            raise RefusedCallError(listing.problems)
        for name in listing.names:
            data = existing_bytes(folder, name, largest(name, is_icon=folder.name == ICONS))
            yield Replacement(f"{folder.name}/{name}", data, None)
