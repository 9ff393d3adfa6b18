"""A JSON Schema of Draft 7 in, every schema in it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.json_pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

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


def subschemas(pointer: str, schema: JSONObject) -> Iterator[tuple[str, JSONObject]]:
    """Yield a schema and all schemas in it, by Draft 7's keywords; data in it is not looked at."""
    waiting: list[tuple[str, JSONObject]] = [(pointer, schema)]
    while waiting:
        at, part = waiting.pop()
        yield at, part
        waiting += schemas_below(at, part)


def schemas_below(pointer: str, schema: JSONObject) -> Iterator[tuple[str, JSONObject]]:
    """Yield the schemas directly below one."""
    for keyword, value in schema.items():
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
