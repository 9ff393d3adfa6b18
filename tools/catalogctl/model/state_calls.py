"""Determine the calls that lead from one state of a plugin file to another.

Adding a file registers a plugin, changing it updates, enables or disables it, deleting it
deregisters it (product contract, 4). A change outside the API (a comment, `maintainers`,
`deprecated`, `versions`) is not a call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from catalogctl.validate.effective_request import CATALOG_ONLY

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

CALLS = ("register", "update", "enable", "disable", "deregister")
_NOT_IN_UPDATE = CATALOG_ONLY | {"state", "plugin_id"}
_sorted = msgspec.json.Encoder(order="sorted")


def calls_between(before: JSONObject | None, after: JSONObject | None) -> tuple[str, ...]:
    """Return the calls between two effective requests, in the order of their execution.

    None means no file. A plugin added with the state DISABLED is registered, then disabled: the
    register request has no state.
    """
    if after is None:
        return () if before is None else ("deregister",)
    state = after.get("state")
    if before is None:
        return ("register", "disable") if state == "DISABLED" else ("register",)
    calls = ["update"] if changed_fields(before, after) - _NOT_IN_UPDATE else []
    if state != before.get("state") and "state" in before and "state" in after:
        calls.append("disable" if state == "DISABLED" else "enable")
    return tuple(calls)


def changed_fields(before: JSONObject, after: JSONObject) -> set[str]:
    """Return the names of the fields that differ between two objects."""
    return {
        name
        for name in before.keys() | after.keys()
        if name not in before or name not in after or not same(before[name], after[name])
    }


def same(one: JSON, other: JSON) -> bool:
    """Return whether two values have the same JSON, ignoring member order; 4 and 4.0 differ."""
    return one == other and _sorted.encode(one) == _sorted.encode(other)
