"""Determine the calls that lead from one state of a plugin file to another.

Adding a file registers a plugin, changing it updates, enables or disables it, deleting it
deregisters it (product contract, 4). A change outside the API (a comment, `maintainers`,
`deprecated`, `versions`) is not a call.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from catalogctl.jsontypes import as_object, is_same_json
from catalogctl.validate.effective_request import CATALOG_ONLY

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

CALLS = ("register", "update", "enable", "disable", "deregister")
_NOT_IN_UPDATE = CATALOG_ONLY | {"state", "plugin_id"}
_DIGEST_SIZE = 16
_sorted = msgspec.json.Encoder(order="sorted")


class PluginState(msgspec.Struct, frozen=True, gc=False):
    """What the journal needs to know of one state of a plugin file.

    It depends on the file and on the defaults in `catalog.yaml`. `fields` is a digest of the fields
    that `update` sets. `state` and `name` are the values of the fields, None if absent; they are
    text if the file is valid. `successor` and `reason` are those of `deprecated`, if they are text.
    """

    fields: bytes
    state: Any
    name: Any
    successor: str | None = None
    reason: str | None = None


def plugin_state(request: JSONObject) -> PluginState:
    """Return the state of a plugin file from its effective request; {} if it can't be read."""
    fields = {name: field for name, field in request.items() if name not in _NOT_IN_UPDATE}
    deprecated = as_object(request.get("deprecated"))
    successor, reason = deprecated.get("successor"), deprecated.get("reason")
    return PluginState(
        hashlib.blake2b(_sorted.encode(fields), digest_size=_DIGEST_SIZE).digest(),
        request.get("state"),
        request.get("name"),
        successor if isinstance(successor, str) else None,
        reason if isinstance(reason, str) else None,
    )


def calls_between(before: JSONObject | None, after: JSONObject | None) -> tuple[str, ...]:
    """Return the calls between two effective requests, as `calls_between_states` does."""
    return calls_between_states(
        None if before is None else plugin_state(before),
        None if after is None else plugin_state(after),
    )


def calls_between_states(before: PluginState | None, after: PluginState | None) -> tuple[str, ...]:
    """Return the calls between two states, in the order of their execution.

    None means no file. A plugin added with the state DISABLED is registered, then disabled: the
    register request has no state.
    """
    if after is None:
        return () if before is None else ("deregister",)
    if before is None:
        return ("register", "disable") if after.state == "DISABLED" else ("register",)
    calls = ["update"] if before.fields != after.fields else []
    if after.state != before.state and before.state is not None and after.state is not None:
        calls.append("disable" if after.state == "DISABLED" else "enable")
    return tuple(calls)


def changed_fields(before: JSONObject, after: JSONObject) -> set[str]:
    """Return the names of the fields that differ between two objects."""
    return {
        name
        for name in before.keys() | after.keys()
        if name not in before or name not in after or not is_same_json(before[name], after[name])
    }
