"""Any Python value in; nothing out if it is JSON that a query may be made of, else an ApiError."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from catalogctl.errors import ApiError
from catalogctl.query.limits import MAX_DEPTH, MAX_NODES
from catalogctl.query.words import child, kind, quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON


def check(request: JSON) -> None:
    """Refuse what is no JSON, nests too deep or is too large; without recursion."""
    nodes = 0
    waiting: list[tuple[JSON, str, int]] = [(request, "", 1)]
    while waiting:
        value, pointer, depth = waiting.pop()
        nodes += 1
        if depth > MAX_DEPTH and isinstance(value, (list, dict)):
            raise _refused(f"the request nests deeper than {MAX_DEPTH} levels", pointer)
        if nodes + len(waiting) > MAX_NODES:
            raise _refused(f"the request has more than {MAX_NODES:,} values", "")
        if isinstance(value, dict):
            waiting += ((member, child(pointer, name), depth + 1) for name, member in _named(value))
        elif isinstance(value, list):
            waiting += ((item, child(pointer, n), depth + 1) for n, item in enumerate(value))
        else:
            _check_scalar(value, pointer)


def _named(value: dict[str, JSON]) -> Iterator[tuple[str, JSON]]:
    for name, member in value.items():
        if type(name) is not str:
            raise _refused(f"the member name {quote(str(name))} is no string", "")
        _check_scalar(name, "")
        yield name, member


def _check_scalar(value: JSON, pointer: str) -> None:
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
            raise _refused("half of a surrogate pair is no character", pointer)
    elif isinstance(value, (int, float)):
        try:
            finite = math.isfinite(value)
        except OverflowError:
            finite = False
        if not finite:
            raise _refused("a number must be finite, as a double is", pointer)
    elif value is not None:
        raise _refused(f"the value is {kind(value)}", pointer)


def _refused(message: str, pointer: str) -> ApiError:
    return ApiError("ERROR_INVALID_PARAMETER", message, pointer)
