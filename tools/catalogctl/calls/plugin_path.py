"""A plugin_id in, the file of that plugin out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.calls.call_errors import RefusedError
from catalogctl.client.published_catalog import not_found
from catalogctl.files import Replacement
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.problem import Problem

if TYPE_CHECKING:
    from catalogctl.pipeline.open_catalog import OpenCatalog


def plugin_path(plugin_id: str) -> str:
    """Return where the file of a plugin lies in its catalog."""
    return f"plugins/{plugin_id}.yaml"


def read_plugin(opened: OpenCatalog, plugin_id: str) -> bytes:
    """Return the bytes of a plugin's file; ApiError when there is no such plugin."""
    name = f"{plugin_id}.yaml"
    if not is_plugin_id(plugin_id) or name not in opened.plugins.names:
        raise not_found(plugin_id, opened.plugin_ids)
    data = opened.plugin_folder.read(name)
    if isinstance(data, Problem):
        raise RefusedError((data,))
    return data


def rewritten(plugin_id: str, before: bytes, after: bytes) -> tuple[Replacement, ...]:
    """Return the change of a plugin's file; none where the bytes are the same."""
    if before == after:
        return ()
    return (Replacement(plugin_path(plugin_id), before, after),)
