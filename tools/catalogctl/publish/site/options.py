"""A `template.<key>.schema` in, the rows of its table of options out.

Any valid Draft-7 schema gives rows, and never more than `ROWS`, whatever its references make of
it: what isn't understood is listed as it stands, the rest is left to the JSON below the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.publish.site.escaping import content
from catalogctl.publish.site.snippets import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

    from catalogctl.jsontypes import JSON, JSONObject

DEPTH = 5
ROWS = 300
"""Rows of one table: a schema that refers to itself would have no end."""
_LIMITS = (
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("exclusiveMinimum", "more than {}"),
    ("exclusiveMaximum", "less than {}"),
    ("multipleOf", "a multiple of {}"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("minProperties", "at least {} members"),
    ("maxProperties", "at most {} members"),
    ("pattern", "matches {}"),
    ("format", "format {}"),
)
_CHOICES = (
    ("oneOf", "one of"),
    ("anyOf", "any of"),
    ("allOf", "all of"),
)
_SHOWN = frozenset(
    {
        *(keyword for keyword, _ in (*_LIMITS, *_CHOICES)),
        *("type", "title", "description", "default", "enum", "const", "properties", "required"),
        *("items", "uniqueItems", "definitions", "$defs", "$ref", "$id", "$schema", "$comment"),
        *("if", "then", "else", "not", "additionalProperties", "examples", "readOnly", "writeOnly"),
    }
)
_TYPES = (
    *(("properties", "object"), ("items", "array"), ("enum", "choice"), ("const", "constant")),
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
    depth: int


def templates(template: JSON) -> list[tuple[str, list[Option], Markup]]:
    """Return (key, options, JSON, escaped) of each key that has a schema, «options» first."""
    if not isinstance(template, dict) or not template:
        return []
    found = []
    for key, part in sorted(template.items(), key=lambda item: item[0] != "options"):
        schema = part.get("schema") if isinstance(part, dict) else None
        if isinstance(schema, dict):
            found.append((key, options(schema), content(pretty(schema))))
    return found


def options(schema: JSONObject) -> list[Option]:
    """Return the options of a schema, each followed by those inside it."""
    rows: list[Option] = []
    for option in _rows(resolved(schema, schema), schema, "", 0):
        rows.append(option)
        if len(rows) == ROWS:
            break
    return rows


def pretty(value: JSON) -> str:
    """Return the value as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def resolved(schema: JSONObject, root: JSONObject) -> JSONObject:
    """Return the schema that a local `$ref` leads to; the schema itself without one.

    A reference that leads in a circle, or nowhere, ends as an empty schema.
    """
    seen = set()
    while isinstance(reference := schema.get("$ref"), str):
        if reference in seen or not reference.startswith("#"):
            return {}
        seen.add(reference)
        place: JSON = root
        for part in reference[1:].split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            place = place.get(name) if isinstance(place, dict) else None
        if not isinstance(place, dict):
            return {}
        schema = place
    return schema


def _rows(schema: JSONObject, root: JSONObject, prefix: str, depth: int) -> Iterator[Option]:
    """Yield the options of an object, each followed by those inside it."""
    properties = schema.get("properties")
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    for name, option in properties.items() if isinstance(properties, dict) else ():
        parts = resolved(option, root) if isinstance(option, dict) else {}
        shown = "default" in parts and not is_secret(name, parts)
        yield Option(
            name=prefix + name,
            title=_text(parts.get("title")),
            type=_type(parts),
            default=_value(parts["default"]) if shown else "",
            rules=", ".join(_rules(parts)),
            description=_text(parts.get("description")),
            required=name in needed,
            depth=depth,
        )
        if depth + 1 < DEPTH:
            yield from _rows(parts, root, f"{prefix}{name}.", depth + 1)
            items = parts.get("items")
            if isinstance(items, dict):
                yield from _rows(resolved(items, root), root, f"{prefix}{name}[].", depth + 1)


def _type(schema: JSONObject) -> str:
    """Return the type in words: «string», «array of integer», «string or null»."""
    kind, items = schema.get("type"), schema.get("items")
    names = kind if isinstance(kind, list) else [kind]
    text = " or ".join(name for name in names if isinstance(name, str))
    if not text:
        text = next((word for keyword, word in _TYPES if keyword in schema), "")
    inner = _type(items) if text == "array" and isinstance(items, dict) else ""
    return f"{text} of {inner}" if inner else text


def _rules(schema: JSONObject) -> Iterator[str]:
    """Yield what else a value has to be."""
    allowed = schema.get("enum")
    if isinstance(allowed, list):
        yield "one of " + ", ".join(map(_value, allowed))
    if "const" in schema:
        yield f"always {_value(schema['const'])}"
    for keyword, words in _LIMITS:
        if keyword in schema:
            yield words.format(_value(schema[keyword]))
    if schema.get("uniqueItems") is True:
        yield "no item twice"
    yield from _composed(schema)
    if schema.get("additionalProperties") is False:
        yield "no other members"
    for keyword, value in schema.items():
        if keyword not in _SHOWN:
            yield f"{keyword}: {_value(value)}"


def _composed(schema: JSONObject) -> Iterator[str]:
    """Yield the other schemas that a value has to fit."""
    for keyword, words in _CHOICES:
        choices = schema.get(keyword)
        if isinstance(choices, list):
            yield f"{words}: {'; '.join(_choice(each) for each in choices)}"
    for keyword in ("if", "not"):
        if keyword in schema:
            yield f"{keyword}: {_choice(schema[keyword])}"


def _choice(schema: JSON) -> str:
    """Return one of several schemas in words: its title, else its type and rules."""
    if not isinstance(schema, dict):
        return _value(schema)
    if title := _text(schema.get("title")):
        return title
    named = schema.get("properties")
    parts = [_type(schema), *_rules(schema), *(named if isinstance(named, dict) else ())]
    return ", ".join(filter(None, parts)) or _value(schema.get("$ref") or schema)


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else ""


def _value(value: JSON) -> str:
    """Return a scalar as people write it («4» for 4.0), anything else as JSON."""
    if isinstance(value, str):
        return value or '""'
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return msgspec.json.encode(value).decode()
