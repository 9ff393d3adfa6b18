"""Take the secrets out of a difference before it is shown.

A difference outlives what it tells of: the comment of a pull request stays when the commit with the
secret is gone. So whatever is printed or written of one is this (hardening R-14).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.json_pointer import split
from catalogctl.jsontypes import as_object
from catalogctl.redaction import SHOWN, by_beginning, cut_json, cut_values, secrets_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject


def without_secrets(difference: JSONObject) -> JSONObject:
    """Return a difference in which credentials, and secrets of `registry_config`, are cut."""
    changes = difference.get("changes")
    listed = changes if isinstance(changes, list) else []
    shown = cut_json({**difference, "changes": [_change(each) for each in listed]})
    return as_object(shown)


def _change(change: JSON) -> JSON:
    """Return a changed file without the secrets that it holds, or held before."""
    fields = change.get("fields") if isinstance(change, dict) else None
    if not isinstance(change, dict) or not isinstance(fields, dict):
        return change
    known = frozenset(each for each in _secrets(fields) if len(each) > SHOWN)
    secrets = by_beginning(known)
    shown: JSONObject = {}
    for pointer, sides in fields.items():
        values = sides.items() if isinstance(sides, dict) else ()
        shown[cut_values(pointer, secrets)] = {side: cut_json(each, known) for side, each in values}
    return {**change, "fields": shown}


def _secrets(fields: JSONObject) -> Iterator[str]:
    for pointer, sides in fields.items():
        for value in sides.values() if isinstance(sides, dict) else ():
            yield from secrets_in(value, split(pointer))
