"""Check that a Python value is JSON that a query may consist of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from catalogctl.json_pointer import child
from catalogctl.query.query_errors import invalid
from catalogctl.query.query_limits import MAX_DEPTH, MAX_NODES
from catalogctl.query.query_values import double
from catalogctl.wording import json_kind, quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.jsontypes import JSON


def check(request: JSON) -> None:
    """Raise ApiError if a value is not JSON, nests too deep or is too large; without recursion."""
    if not isinstance(request, (dict, list)):
        if wrong := _wrong_scalar(request):
            raise invalid(wrong, "")
        return
    nodes = 1
    waiting: list[tuple[JSON, str, int]] = [(request, "", 1)]
    while waiting:
        collection, pointer, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise invalid(f"the request nests deeper than {MAX_DEPTH} levels", pointer)
        for name, value in _members(collection, pointer):
            nodes += 1
            if isinstance(value, (dict, list)):
                waiting.append((value, child(pointer, name), depth + 1))
            elif wrong := _wrong_scalar(value):
                raise invalid(wrong, child(pointer, name))
        if nodes > MAX_NODES:
            raise invalid(f"the request has more than {MAX_NODES:,} values", "")


def _members(collection: JSON, pointer: str) -> Iterable[tuple[str | int, JSON]]:
    if not isinstance(collection, dict):
        return enumerate(collection if isinstance(collection, list) else [])
    for name in collection:
        if type(name) is not str:
            raise invalid(f"the member name {quote(str(name))} is not a string", pointer)
        if wrong := _wrong_scalar(name):
            raise invalid(wrong, pointer)
    return [(name, value) for name, value in collection.items()]


def _wrong_scalar(value: JSON) -> str:
    """Return what is wrong with a value that is not a list or an object, or "" if it is valid."""
    if isinstance(value, str):
        broken = not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value)
        return "half of a surrogate pair is not a character" if broken else ""
    if isinstance(value, (int, float)):
        finite = math.isfinite(double(value))
        return "" if finite else "a number must be finite, as a double is"
    return "" if value is None else f"the value is {json_kind(value)}"
