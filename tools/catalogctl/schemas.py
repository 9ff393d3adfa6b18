"""Read the JSON Schemas of the API's messages and of the catalog's own files."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from catalogctl import resources
from catalogctl.jsontypes import as_object

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

_SUFFIX = ".schema.json"
EDITOR_SCHEMAS = ".schemas"
"""The folder of a repository with the schemas that editors read."""


@cache
def schema(message: str) -> JSONObject:
    """Return the JSON Schema of a message, by its name (`PluginFile`, `Lock`, …)."""
    loaded: JSONObject = json.loads(resources.read_text(f"schemas/{message}.schema.json"))
    return loaded


@cache
def whole_schema(message: str) -> JSONObject:
    """Return the schema of a message with those that it refers to, each among its own parts."""
    parts: JSONObject = {}
    made = _within(schema(message), parts)
    return {**made, "$defs": {**as_object(made.get("$defs")), **parts}} if parts else made


def _within(value: JSONObject, parts: JSONObject) -> JSONObject:
    """Return a schema that refers to `parts`, which it completes, instead of to other files."""
    made: JSONObject = {}
    for keyword, member in value.items():
        if keyword == "$ref" and isinstance(member, str) and member.endswith(_SUFFIX):
            name = member.removesuffix(_SUFFIX)
            if name not in parts:
                parts[name] = {}  # it may refer to itself
                parts[name] = _within(schema(name), parts)
            made[keyword] = f"#/$defs/{name}"
        else:
            made[keyword] = _within(member, parts) if isinstance(member, dict) else member
    return made


@cache
def fields(message: str) -> tuple[str, ...]:
    """Return the names of a message's top-level fields, in the order of its schema."""
    return tuple(as_object(schema(message).get("properties")))


def editor_schemas() -> dict[str, bytes]:
    """Return the schemas that a repository has for editors, by their paths in it."""
    names = ("PluginFile", "CatalogSettings", "SavedQuery")
    texts = {name: resources.read_text(f"schemas/{name}.schema.json") for name in names}
    return {f"{EDITOR_SCHEMAS}/{name}{_SUFFIX}": text.encode() for name, text in texts.items()}
