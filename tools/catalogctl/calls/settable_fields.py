"""Look up which values the schema of plugin files allows at a pointer."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from catalogctl import json_pointer
from catalogctl.edit import set_value
from catalogctl.edit.json_values import changed, place_for
from catalogctl.edit.steps import Put
from catalogctl.schemas import fields, schema

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject


def is_text(pointer: str) -> bool:
    """Return whether the schema allows only text (or null) at a pointer."""
    return _types(pointer) == {"string"}


@cache
def list_fields() -> frozenset[str]:
    """Return the pointers of the list fields."""
    return frozenset(f"/{name}" for name in fields("PluginFile") if _types(f"/{name}") == {"array"})


def with_field(data: bytes, pointer: str, value: JSON) -> bytes:
    """Return a plugin file with a value set at a pointer; new fields go to their usual place."""
    return set_value(data, pointer, value, order=fields("PluginFile"), lists=list_fields())


def with_member(value: JSONObject, pointer: str, member: JSON) -> JSONObject:
    """Return the value of a plugin file with another one set at a pointer."""
    return changed(
        value, Put(*place_for(value, json_pointer.split(pointer), member, list_fields()))
    )


def _types(pointer: str) -> set[str]:
    """Return the types other than null that the schema allows at a pointer, if it names any."""
    here: JSON = schema("PluginFile")
    for name in json_pointer.split(pointer):
        if not isinstance(here, dict):
            return set()
        below = here.get("properties")
        here = below.get(name) if isinstance(below, dict) else here.get("items")
    types = here.get("type") if isinstance(here, dict) else None
    named = types if isinstance(types, list) else [types]
    return {each for each in named if isinstance(each, str) and each != "null"}
