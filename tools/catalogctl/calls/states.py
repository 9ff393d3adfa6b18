"""A plugin_id in; the change that enables or disables it, or takes it out of the catalog, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.calls.dates import dates_change
from catalogctl.calls.files import plugin_path, read_plugin, rewritten
from catalogctl.calls.performing import Change
from catalogctl.calls.refusing import RefusedError
from catalogctl.files import Exchange
from catalogctl.lock import MAX_LOCK_SIZE
from catalogctl.messages import PLUGIN_FILE_FIELDS
from catalogctl.problem import Problem
from catalogctl.source.document import parse
from catalogctl.source.edit import set_value

if TYPE_CHECKING:
    from catalogctl.pipeline.opening import Opened


def state_change(opened: Opened, plugin_id: str, state: str) -> Change:
    """Return the change to `ENABLED` or `DISABLED`; no file where the plugin is in that state."""
    before = read_plugin(opened, plugin_id)
    written = parse("", plugin_id, before).value.get("state")
    if (written or "ENABLED") == state:
        return Change(plugin_id, ())
    after = set_value(before, "/state", state, order=PLUGIN_FILE_FIELDS)
    return Change(plugin_id, rewritten(plugin_id, before, after))


def deregistration(opened: Opened, plugin_id: str) -> Change:
    """Return the change that takes a plugin out.

    Its lock goes first: a run that is killed in between leaves a plugin without a lock, which is
    whole, and never a lock without its plugin (hardening Q-20). Dates that it was imported with go
    last; a plugin that is registered under this id later begins anew.
    """
    before = read_plugin(opened, plugin_id)
    files = [Exchange(plugin_path(plugin_id), before, None)]
    name = f"{plugin_id}.json"
    if name in opened.locks:
        lock = opened.lock_folder.read(name, MAX_LOCK_SIZE)
        if isinstance(lock, Problem):
            raise RefusedError((lock,))
        files.insert(0, Exchange(f"versions/{name}", lock, None))
    others = {name: dates for name, dates in opened.imported.items() if name != plugin_id}
    return Change(plugin_id, (*files, *dates_change(opened, others)))
