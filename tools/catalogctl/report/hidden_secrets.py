"""Remove the secrets from a difference before it is shown.

A difference outlives what it describes: the comment on a pull request remains when the commit with
the secret is gone. Every difference that is printed or written passes through here (hardening
R-14).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.json_pointer import split
from catalogctl.jsontypes import as_object
from catalogctl.redaction import (
    SHOWN,
    as_quoted,
    by_beginning,
    redacted_json,
    redacted_values,
    secrets_in,
)

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject


def without_secrets(difference: JSONObject) -> JSONObject:
    """Return a difference with credentials and secrets of `registry_config` cut."""
    changes = difference.get("changes")
    redacted = [_change(each) for each in changes] if isinstance(changes, list) else []
    return as_object(redacted_json({**difference, "changes": redacted}))


def _change(change: JSON) -> JSON:
    """Return a changed file without the secrets that it contains, or contained before."""
    if not isinstance(change, dict) or "fields" not in change:
        return change
    fields = {pointer: as_object(sides) for pointer, sides in as_object(change["fields"]).items()}
    secrets = as_quoted(
        secret
        for pointer, sides in fields.items()
        for value in sides.values()
        for secret in secrets_in(value, split(pointer))
    )
    known = frozenset(each for each in secrets if len(each) > SHOWN)
    beginnings = by_beginning(known)
    redacted: JSONObject = {
        redacted_values(pointer, beginnings): {
            side: redacted_json(value, known) for side, value in sides.items()
        }
        for pointer, sides in fields.items()
    }
    return {**change, "fields": redacted}
