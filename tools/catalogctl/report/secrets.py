"""A difference between two states of a catalog in, the same without the secrets in it out.

A difference outlives what it tells of: the comment of a pull request stays when the commit with the
secret is gone. So whatever is printed or written of one is this (hardening R-14).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.redaction import cut_json, cut_member

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

_UNESCAPED = (("~1", "/"), ("~0", "~"))


def without_secrets(difference: JSONObject) -> JSONObject:
    """Return a difference in which credentials, and secrets of `registry_config`, are cut."""
    changes = difference.get("changes")
    listed = changes if isinstance(changes, list) else []
    hidden: list[JSON] = [_change(each) for each in listed]
    shown = cut_json({**difference, "changes": hidden})
    return shown if isinstance(shown, dict) else {}


def _change(change: JSON) -> JSON:
    fields = change.get("fields") if isinstance(change, dict) else None
    if not isinstance(change, dict) or not isinstance(fields, dict):
        return change
    return {**change, "fields": {at: _field(at, each) for at, each in fields.items()}}


def _field(pointer: str, sides: JSON) -> JSON:
    """Return the member at a pointer, before and after."""
    if not isinstance(sides, dict):
        return sides
    steps = [_unescaped(step) for step in pointer.split("/")[1:]]
    return {side: cut_member(steps, value) for side, value in sides.items()}


def _unescaped(step: str) -> str:
    for escaped, character in _UNESCAPED:
        step = step.replace(escaped, character)
    return step
