"""A plugin_id in; the change that enables or disables it, or takes it out of the catalog, out."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from catalogctl.calls.call_errors import RefusedError
from catalogctl.calls.import_dates import dates_change
from catalogctl.calls.perform import Change
from catalogctl.calls.plugin_path import plugin_path, read_plugin, rewritten
from catalogctl.edit import set_value, unset_value
from catalogctl.errors import ApiError
from catalogctl.files import Replacement
from catalogctl.lock import MAX_LOCK_SIZE
from catalogctl.messages import PLUGIN_FILE_FIELDS
from catalogctl.problem import Problem
from catalogctl.source.blobs import committed_file
from catalogctl.source.document import parse

if TYPE_CHECKING:
    from catalogctl.pipeline.open_catalog import OpenCatalog

ENABLED = "ENABLED"
"""The state of a plugin whose file has none."""


def state_change(opened: OpenCatalog, plugin_id: str, state: str) -> Change:
    """Return the change to `ENABLED` or `DISABLED`; no file where the plugin is in that state."""
    before = read_plugin(opened, plugin_id)
    document = parse(opened.plugin_folder.file(f"{plugin_id}.yaml"), plugin_id, before)
    if document.problems:
        raise RefusedError(document.problems)
    written = document.value.get("state")
    if (written or ENABLED) == state:
        return Change(plugin_id, ())
    after = _enabled(opened, plugin_id, before) if state == ENABLED else _with_state(before, state)
    return Change(plugin_id, rewritten(plugin_id, before, after))


def _with_state(data: bytes, state: str) -> bytes:
    return set_value(data, "/state", state, order=PLUGIN_FILE_FIELDS)


def _enabled(opened: OpenCatalog, plugin_id: str, disabled: bytes) -> bytes:
    """Return a file as it was before it was disabled, where that can be told.

    That is the committed file, if disabling it gives what is there; else the file without its
    state, on the same condition. A state that an author wrote otherwise stays, with its comments.
    """
    committed = committed_file(opened.path, plugin_path(plugin_id))
    if committed is not None and _is_disabled_as(committed, disabled):
        return committed
    with contextlib.suppress(ApiError):  # an alias may need what the state is
        stateless = unset_value(disabled, "/state")
        if _is_disabled_as(stateless, disabled):
            return stateless
    return _with_state(disabled, ENABLED)


def _is_disabled_as(earlier: bytes, disabled: bytes) -> bool:
    """Return whether disabling a file that is enabled gives another file."""
    document = parse("", "", earlier)
    if document.problems or (document.value.get("state") or ENABLED) != ENABLED:
        return False
    with contextlib.suppress(ApiError):
        return _with_state(earlier, "DISABLED") == disabled
    return False


def deregistration(opened: OpenCatalog, plugin_id: str) -> Change:
    """Return the change that takes a plugin out.

    Its lock goes first: a run that is killed in between leaves a plugin without a lock, which is
    whole, and never a lock without its plugin (hardening Q-20). Dates that it was imported with go
    last; a plugin that is registered under this id later begins anew.
    """
    before = read_plugin(opened, plugin_id)
    files = [Replacement(plugin_path(plugin_id), before, None)]
    name = f"{plugin_id}.json"
    if name in opened.locks:
        lock = opened.lock_folder.read(name, MAX_LOCK_SIZE)
        if isinstance(lock, Problem):
            raise RefusedError((lock,))
        files.insert(0, Replacement(f"versions/{name}", lock, None))
    others = {name: dates for name, dates in opened.imported.items() if name != plugin_id}
    return Change(plugin_id, (*files, *dates_change(opened, others)))
