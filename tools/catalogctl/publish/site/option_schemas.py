"""Read from the schema of options what their members are, and what may be filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.jsontypes import as_object
from catalogctl.redaction import is_secret_name

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.validate.template_references import References


class Members(NamedTuple):
    """The members that the schema of an object names."""

    properties: JSONObject
    required: frozenset[str]


def option_members(schema: JSON, references: References) -> Members:
    """Return the members of an object, its own before those of its `allOf`, as the form does."""
    properties: JSONObject = {}
    required: set[str] = set()
    seen: set[int] = set()
    parts = [references.follow(schema)]
    for part in parts:  # which grows
        if not isinstance(part, dict) or id(part) in seen:
            continue
        seen.add(id(part))
        for name, option in as_object(part.get("properties")).items():
            properties.setdefault(name, option)
        required.update(name for name in _listed(part.get("required")) if isinstance(name, str))
        parts.extend(map(references.follow, _listed(part.get("allOf"))))
    return Members(properties, frozenset(required))


def prefilled(name: str, option: JSON, references: References) -> tuple[JSON] | None:
    """Return the default of an option in a 1-tuple, without the secrets in it; None if it has none.

    An option that looks like a secret, by its name or its format, has none: it is never filled in.
    """
    if not isinstance(option, dict) or "default" not in option or _is_secret(name, option):
        return None
    return (_without_secrets(option["default"], option, references),)


def _is_secret(name: str, schema: JSONObject) -> bool:
    return schema.get("format") == "password" or is_secret_name(name)


def _without_secrets(value: JSON, schema: JSONObject, references: References) -> JSON:
    """Return a value without the members and items that look like secrets."""
    if isinstance(value, dict):
        known = option_members(schema, references).properties
        other = schema.get("additionalProperties")
        parts = {name: as_object(references.follow(known.get(name, other))) for name in value}
        return {
            name: _without_secrets(each, parts[name], references)
            for name, each in value.items()
            if not _is_secret(name, parts[name])
        }
    if isinstance(value, list):
        items = [as_object(references.follow(_item(schema, n))) for n in range(len(value))]
        return [
            _without_secrets(each, item, references)
            for each, item in zip(value, items, strict=True)
            if not _is_secret("", item)
        ]
    return value


def _item(schema: JSONObject, number: int) -> JSON:
    """Return the schema of an item, {} if there is none."""
    items = schema.get("items")
    if isinstance(items, list):
        return items[number] if number < len(items) else {}
    return items


def _listed(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
