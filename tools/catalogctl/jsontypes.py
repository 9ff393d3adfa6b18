"""The types of JSON values, and how to narrow them."""

from __future__ import annotations

from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
JSONObject: TypeAlias = dict[str, JSON]


def as_object(value: JSON) -> JSONObject:
    """Return an object, {} for a value that is none."""
    return value if isinstance(value, dict) else {}


def as_text(value: JSON) -> str:
    """Return a text, "" for a value that is none."""
    return value if isinstance(value, str) else ""
