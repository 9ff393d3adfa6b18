"""Find the JSON Schemas of a plugin's template, and all their subschemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.json_pointer import escape
from catalogctl.jsontypes import as_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

DRAFT_7 = ("http://json-schema.org/draft-07/schema", "http://json-schema.org/draft-07/schema#")
_ONE_SCHEMA = frozenset(
    {
        "additionalItems",
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
    }
)
_LISTS = frozenset({"allOf", "anyOf", "items", "oneOf"})
_MAPPINGS = frozenset({"definitions", "dependencies", "patternProperties", "properties"})
_HOLD_SCHEMAS = _ONE_SCHEMA | _LISTS | _MAPPINGS


class TemplateSchema(NamedTuple):
    """The `schema` of a member of `template`: its pointer, its value, and all schemas in it.

    `parts` has each schema with its pointer; data in a schema is not searched.
    """

    pointer: str
    value: JSON
    parts: tuple[tuple[str, JSONObject], ...]

    @property
    def is_draft_7(self) -> bool:
        """Whether the schema is a mapping, and in Draft 7."""
        value = self.value
        return isinstance(value, dict) and value.get("$schema", DRAFT_7[0]) in DRAFT_7


def template_schemas(template: JSON) -> tuple[TemplateSchema, ...]:
    """Return each `template.<key>.schema` that is given."""
    schemas = []
    for key, member in as_object(template).items():
        value = member.get("schema") if isinstance(member, dict) else None
        if value is not None:
            pointer = f"/template/{escape(key)}/schema"
            schemas.append(TemplateSchema(pointer, value, tuple(schema_parts(pointer, value))))
    return tuple(schemas)


def schema_parts(pointer: str, schema: JSON) -> Iterator[tuple[str, JSONObject]]:
    """Yield a schema and all schemas in it, each with its pointer."""
    waiting = [(pointer, schema)] if isinstance(schema, dict) else []
    while waiting:
        at, part = waiting.pop()
        yield at, part
        waiting += schemas_below(at, part)


def schemas_below(pointer: str, schema: JSONObject) -> Iterator[tuple[str, JSONObject]]:
    """Yield the direct subschemas of a schema, each with its pointer."""
    for keyword, value in schema.items():
        if keyword not in _HOLD_SCHEMAS:  # as most
            continue
        below = f"{pointer}/{keyword}"
        parts: list[tuple[str, JSON]] = []
        if keyword in _ONE_SCHEMA and isinstance(value, dict):
            parts = [(below, value)]
        elif keyword in _LISTS and isinstance(value, list):
            parts = [(f"{below}/{index}", each) for index, each in enumerate(value)]
        elif keyword in _MAPPINGS and isinstance(value, dict):
            parts = [(f"{below}/{escape(name)}", each) for name, each in value.items()]
        for at, part in parts:
            if isinstance(part, dict):
                yield at, part
