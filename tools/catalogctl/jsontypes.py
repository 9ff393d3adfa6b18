"""Define the types of JSON values, and narrow values to them."""

from __future__ import annotations

from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
JSONObject: TypeAlias = dict[str, JSON]


def as_object(value: JSON) -> JSONObject:
    """Return a value if it is an object, else {}."""
    return value if isinstance(value, dict) else {}


def as_text(value: JSON) -> str:
    """Return a value if it is text, else ""."""
    return value if isinstance(value, str) else ""
