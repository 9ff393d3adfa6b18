"""A `template.<key>.schema` in, the rows of its table of options out.

Any valid Draft-7 schema gives rows: what isn't understood is left to the JSON below the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.publish.site.snippets import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

DEPTH = 5
_LIMITS = (
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minimum", "≥ {}"),
    ("maximum", "≤ {}"),
    ("exclusiveMinimum", "> {}"),
    ("exclusiveMaximum", "< {}"),
    ("multipleOf", "a multiple of {}"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("pattern", "matches {}"),
    ("format", "format {}"),
)


class Option(NamedTuple):
    """One row: `name` is dotted below an object; texts are empty where the schema says nothing."""

    name: str
    title: str
    type: str
    default: str
    rules: str
    description: str
    required: bool


def templates(template: JSON) -> list[tuple[str, list[Option], str]]:
    """Return (key, options, the schema as JSON) of each key that has a schema, «options» first."""
    if not isinstance(template, dict) or not template:
        return []
    found = []
    for key, part in sorted(template.items(), key=lambda item: item[0] != "options"):
        schema = part.get("schema") if isinstance(part, dict) else None
        if isinstance(schema, dict):
            found.append((key, list(_rows(schema, "", 1)), pretty(schema)))
    return found


def pretty(value: JSON) -> str:
    """Return the value as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _rows(schema: JSONObject, prefix: str, depth: int) -> Iterator[Option]:
    """Yield the options of an object, each followed by those inside it."""
    properties = schema.get("properties")
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    for name, option in properties.items() if isinstance(properties, dict) else ():
        parts = option if isinstance(option, dict) else {}
        shown = "default" in parts and not is_secret(name, parts)
        yield Option(
            name=prefix + name,
            title=_text(parts.get("title")),
            type=_type(parts),
            default=_value(parts["default"]) if shown else "",
            rules=", ".join(_rules(parts)),
            description=_text(parts.get("description")),
            required=name in needed,
        )
        if depth < DEPTH:
            yield from _rows(parts, f"{prefix}{name}.", depth + 1)


def _type(schema: JSONObject) -> str:
    """Return the type in words: «string», «array of integer», «string or null»."""
    kind, items = schema.get("type"), schema.get("items")
    names = kind if isinstance(kind, list) else [kind]
    text = " or ".join(name for name in names if isinstance(name, str))
    inner = _type(items) if text == "array" and isinstance(items, dict) else ""
    return f"{text} of {inner}" if inner else text


def _rules(schema: JSONObject) -> Iterator[str]:
    """Yield what else a value has to be."""
    allowed = schema.get("enum")
    if isinstance(allowed, list):
        yield "one of " + ", ".join(map(_value, allowed))
    if "const" in schema:
        yield _value(schema["const"])
    for keyword, words in _LIMITS:
        if keyword in schema:
            yield words.format(_value(schema[keyword]))
    if schema.get("uniqueItems") is True:
        yield "no item twice"
    for keyword in ("oneOf", "anyOf", "allOf", "if", "not", "$ref"):
        if keyword in schema:
            yield f"{keyword}: see the schema"


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else ""


def _value(value: JSON) -> str:
    """Return a scalar as people write it («4» for 4.0), anything else as JSON."""
    if isinstance(value, str):
        return value or '""'
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return msgspec.json.encode(value).decode()
