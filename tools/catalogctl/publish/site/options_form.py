"""Build the rows of the options table for a `template.<key>.schema`.

Any valid Draft-7 schema yields rows, but never more than `ROWS`, whatever its references.
Keywords that aren't understood are listed unchanged; the JSON below the table shows the rest.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.jsontypes import as_object, as_text
from catalogctl.publish.site.escaping import SafeHtml, content
from catalogctl.publish.site.option_schemas import option_members, prefilled
from catalogctl.publish.site.snippets import encode
from catalogctl.validate.template_references import References

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.site.texts import Texts

DEPTH = 5
ROWS = 300
"""The maximum number of rows in a table, as a schema that refers to itself would be endless."""
_LIMITS = (
    ("minLength", "min_length"),
    ("maxLength", "max_length"),
    ("minimum", "minimum"),
    ("maximum", "maximum"),
    ("exclusiveMinimum", "above"),
    ("exclusiveMaximum", "below"),
    ("multipleOf", "multiple_of"),
    ("minItems", "min_items"),
    ("maxItems", "max_items"),
    ("minProperties", "min_members"),
    ("maxProperties", "max_members"),
    ("pattern", "pattern"),
    ("format", "format"),
)
_CHOICES = (
    ("oneOf", "one_of_these"),
    ("anyOf", "any_of_these"),
    ("allOf", "all_of_these"),
)
"""Keywords and the keys of their texts."""
_SHOWN = frozenset(
    {
        *(keyword for keyword, _ in (*_LIMITS, *_CHOICES)),
        *("type", "title", "description", "default", "enum", "const", "properties", "required"),
        *("items", "uniqueItems", "definitions", "$defs", "$ref", "$id", "$schema", "$comment"),
        *("if", "then", "else", "not", "additionalProperties", "examples", "readOnly", "writeOnly"),
    }
)
_TYPES = (
    ("properties", "type_object"),
    ("items", "type_array"),
    ("enum", "type_choice"),
    ("const", "type_constant"),
)


class Option(msgspec.Struct, frozen=True, gc=False):
    """One row; `name` is a dotted path, and texts missing in the schema are empty."""

    name: str
    title: str
    type: str
    default: str
    rules: str
    description: str
    required: bool
    depth: int


class _Place(NamedTuple):
    """The position of options in a schema: the prefix of their names and their depth."""

    references: References
    prefix: str = ""
    depth: int = 0

    def below(self, name: str) -> _Place:
        """Return the position of an option's members."""
        return _Place(self.references, self.prefix + name, self.depth + 1)


class TemplateForm(NamedTuple):
    """The options of a `template.<key>.schema`, and the schema as escaped JSON.

    `rules` are those of the whole. `total` is the number of options on the top level, `summary`
    says how many are required; both are empty if there are none. `most` is the number of rows if
    the table has not all options, else empty.
    """

    key: str
    options: list[Option]
    schema: SafeHtml
    rules: str
    total: str
    summary: str
    most: str


def templates(template: JSON, t: Texts) -> list[TemplateForm]:
    """Return each key with a schema and its options, «options» first."""
    parts = sorted(as_object(template).items(), key=lambda item: item[0] != "options")
    schemas = ((key, as_object(part).get("schema")) for key, part in parts)
    return [_form(key, schema, t) for key, schema in schemas if isinstance(schema, dict)]


def _form(key: str, schema: JSONObject, t: Texts) -> TemplateForm:
    references = References(schema)
    whole = references.follow(schema)
    rows = list(islice(_rows(whole, t, _Place(references)), ROWS + 1))
    properties, required = option_members(whole, references)
    total = t.number(len(properties)) if properties else ""
    return TemplateForm(
        key,
        rows[:ROWS],
        SafeHtml(content(pretty(schema))),
        rules=", ".join(_rules(as_object(whole), t)),
        total=total,
        summary=_summary(total, len(required & properties.keys()), t) if total else "",
        most=t.number(ROWS) if len(rows) > ROWS else "",
    )


def _summary(total: str, required: int, t: Texts) -> str:
    if required:
        return t("some_required", count=total, required=t.number(required))
    return t("none_required", count=total)


def pretty(value: JSON, indent: int = 2) -> str:
    """Return the value as indented JSON, on one line if `indent` is 0."""
    return msgspec.json.format(encode(value), indent=indent).decode()


def _rows(schema: JSON, t: Texts, place: _Place) -> Iterator[Option]:
    """Yield the options of an object, each followed by its members.

    Of more than a table can hold, the required ones come first.
    """
    properties, required = option_members(schema, place.references)
    names = list(properties)
    if len(names) > ROWS:
        names.sort(key=lambda name: name not in required)
    for name in names:
        parts = place.references.follow(properties[name])
        yield _row(name, parts, t, place, required=name in required)
        if place.depth + 1 < DEPTH and isinstance(parts, dict):
            yield from _rows(parts, t, place.below(f"{name}."))
            items = parts.get("items")
            if isinstance(items, dict):
                inside = place.references.follow(items)
                yield from _rows(inside, t, place.below(f"{name}[]."))


def _row(name: str, given: JSON, t: Texts, place: _Place, *, required: bool) -> Option:
    """Return the row of one option; the schema `false` allows no value."""
    parts = as_object(given)
    default = prefilled(name, parts, place.references)
    return Option(
        name=place.prefix + name,
        title=as_text(parts.get("title")),
        type=_type(parts, t),
        default=_value(default[0]) if default else "",
        rules=t("not_allowed") if given is False else ", ".join(_rules(parts, t)),
        description=as_text(parts.get("description")),
        required=required,
        depth=place.depth,
    )


def _type(schema: JSONObject, t: Texts) -> str:
    """Return the type in words, such as «string», «array of integer» or «string or null»."""
    kind, items = schema.get("type"), schema.get("items")
    names = kind if isinstance(kind, list) else [kind]
    said = [name for name in names if isinstance(name, str)]
    text = said[0] if said else ""
    for name in said[1:]:
        text = t("type_or", one=text, other=name)
    is_array = said == ["array"]
    if not said:
        keyword, key = next((each for each in _TYPES if each[0] in schema), ("", ""))
        text = t(key) if key else ""
        is_array = keyword == "items"
    inner = _type(items, t) if is_array and isinstance(items, dict) else ""
    return t("type_of", type=text, inner=inner) if inner else text


def _rules(schema: JSONObject, t: Texts) -> Iterator[str]:
    """Yield the other constraints on a value."""
    allowed = schema.get("enum")
    if isinstance(allowed, list):
        yield t("one_of", values=", ".join(map(_value, allowed)))
    if "const" in schema:
        yield t("always", value=_value(schema["const"]))
    for keyword, key in _LIMITS:
        if keyword in schema:
            yield t(key, limit=_value(schema[keyword]))
    if schema.get("uniqueItems") is True:
        yield t("unique")
    yield from _composed(schema, t)
    if schema.get("additionalProperties") is False:
        yield t("no_others")
    for keyword, value in schema.items():
        if keyword not in _SHOWN:
            yield f"{keyword}: {_value(value)}"


def _composed(schema: JSONObject, t: Texts) -> Iterator[str]:
    """Yield the other schemas that apply to a value."""
    for keyword, key in _CHOICES:
        choices = schema.get(keyword)
        if isinstance(choices, list):
            yield t(key, choices="; ".join(_choice(each, t) for each in choices))
    for keyword in ("if", "not"):
        if keyword in schema:
            yield f"{keyword}: {_choice(schema[keyword], t)}"


def _choice(schema: JSON, t: Texts) -> str:
    """Return a schema in words: its title, else its type and rules."""
    if not isinstance(schema, dict):
        return _value(schema)
    if title := as_text(schema.get("title")):
        return title
    named = schema.get("properties")
    parts = [_type(schema, t), *_rules(schema, t), *(named if isinstance(named, dict) else ())]
    return ", ".join(filter(None, parts)) or _value(schema.get("$ref") or schema)


def _value(value: JSON) -> str:
    """Return a scalar in its usual form («4» for 4.0), anything else as JSON."""
    if isinstance(value, str):
        return value or '""'
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return msgspec.json.encode(value).decode()
