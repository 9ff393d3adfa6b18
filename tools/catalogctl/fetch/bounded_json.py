"""Decode untrusted JSON with limits on its memory use and nesting depth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.jsontypes import JSON

_COLLECTIONS = (dict, list)
MAX_DEPTH = 100
"""The maximum nesting depth; a plugin file has at most 64 levels, inside a list."""

_MAX_COST = 300_000_000
_COST_OF_LIST, _COST_OF_OBJECT, _COST_OF_ELEMENT = 56, 200, 40


def decode(data: bytes, *, ratio: int = 0) -> JSON:
    """Return the value of a JSON text; raise ValueError if it is invalid, too deep or too costly.

    See `check_cost` for `ratio`.
    """
    check_cost(data, ratio=ratio)
    try:
        value: JSON = msgspec.json.decode(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ValueError("it is not JSON") from None
    if is_too_deep(value):
        raise ValueError("it is nested too deeply")
    return value


def check_cost(data: bytes, *, ratio: int = 0) -> None:
    """Raise ValueError if the values of a JSON text would take too much memory.

    `[],` has three bytes but takes more than a hundred in memory. Brackets, braces and commas in
    strings are counted too, which errs on the safe side. A text so large that the catalog had to
    announce its size may take `ratio` times its bytes; typical files take about four times.
    """
    cost = (
        len(data)
        + data.count(b"[") * _COST_OF_LIST
        + data.count(b"{") * _COST_OF_OBJECT
        + data.count(b",") * _COST_OF_ELEMENT
    )
    if cost > max(_MAX_COST, ratio * len(data)):
        raise ValueError("it has far too many values for its size")


def is_too_deep(value: JSON) -> bool:
    """Return whether a value is nested more deeply than the limit, checking level by level."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child for each in level for child in _children(each) if isinstance(child, _COLLECTIONS)
        ]
        if not level:
            return False
    return True


def _children(value: JSON) -> Iterable[JSON]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
