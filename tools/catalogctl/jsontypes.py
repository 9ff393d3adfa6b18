"""Define the types of JSON values, narrow values to them, and compare them."""

from __future__ import annotations

import json
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
JSONObject: TypeAlias = dict[str, JSON]


def as_object(value: JSON) -> JSONObject:
    """Return a value if it is an object, else {}."""
    return value if isinstance(value, dict) else {}


def as_text(value: JSON) -> str:
    """Return a value if it is text, else ""."""
    return value if isinstance(value, str) else ""


def is_same_json(one: JSON, other: JSON, *, ordered: bool = False) -> bool:
    """Return whether two values have the same JSON; 4 and 4.0 have not, nor have 1 and true.

    The order of an object's members only counts if `ordered`.
    """
    if one != other:
        return False
    texts = [json.dumps(value, sort_keys=not ordered) for value in (one, other)]
    return texts[0] == texts[1]
