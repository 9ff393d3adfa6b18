"""Refuse values that a catalog's files can't contain.

JSON readers accept lone surrogates, infinite numbers, and thousands of levels. Such a value is
refused before any code recurses through it.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from catalogctl import json_pointer
from catalogctl.errors import ApiError
from catalogctl.source.strict_yaml import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON

_HALF = re.compile("[\ud800-\udfff]")


class UnsupportedValue(NamedTuple):
    """A value that can't be written: its place, and the reason."""

    pointer: str
    message: str


def unsupported_value(value: JSON) -> UnsupportedValue | None:
    """Return the first part of a value that no file can contain; None if there is none."""
    waiting: list[tuple[tuple[str | int, ...], JSON]] = [((), value)]
    while waiting:
        path, each = waiting.pop()
        message = _wrong(each, len(path))
        if message:
            return UnsupportedValue(json_pointer.join(path), message)
        waiting.extend(((*path, name), member) for name, member in _items(each))
    return None


def _items(value: JSON) -> Iterator[tuple[str | int, JSON]]:
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _wrong(value: JSON, depth: int) -> str:
    """Return what is wrong with a value itself or with its members' names, "" if nothing is."""
    if isinstance(value, dict | list) and depth >= MAX_DEPTH:
        return f"more than {MAX_DEPTH} nested levels"
    if isinstance(value, float) and not math.isfinite(value):
        return "a number is beyond what JSON readers can hold"
    texts = [value] if isinstance(value, str) else value if isinstance(value, dict) else ()
    half = next((found for text in texts if (found := _HALF.search(text))), None)
    if half is None:
        return ""
    return f"U+{ord(half.group()):04X} is half of a surrogate pair; the other half is missing"


def refuse_unsupported(value: JSON, pointer: str = "") -> None:
    """Raise ApiError if no file can contain a value or the pointer to it."""
    unsupported = unsupported_value(pointer) or unsupported_value(value)
    if unsupported is not None:
        where = _HALF.sub("\N{REPLACEMENT CHARACTER}", pointer + unsupported.pointer)
        message = f"{where}: {unsupported.message}" if where else unsupported.message
        raise ApiError("ERROR_INVALID_PARAMETER", message, where)
