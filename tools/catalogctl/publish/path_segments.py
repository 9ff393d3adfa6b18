"""Convert user-supplied values to path segments (product contract, 5).

A segment needs no URL escaping, can't leave its folder, has at most 120 bytes, is not a Windows
device name, and differs from every other segment of its field in more than case (R-12, R-46).
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from catalogctl.device_names import is_device_name

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 120
KEPT_BYTES = 100
HASH_DIGITS = 16

_PLAIN = re.compile(r"(?!\.)[A-Za-z0-9._-]+")
_OTHER = re.compile(rb"[^A-Za-z0-9._-]|\A\.")
_CUT_ESCAPE = re.compile(r"~[0-9A-F]?\Z")
_TAKEN = frozenset({"", "index.html"})
"""Names that no value may have, because a field's own page is next to its values' pages."""


def segments(counts: Mapping[str, int]) -> dict[str, str]:
    """Return the path segment of each value of a field; `counts` has their numbers of plugins.

    A name is cut and ends with the hash of its value if it is too long, is a Windows device name,
    or differs only by case from a name with more plugins. If the numbers are equal, the lowercase
    value keeps its name, else the one that sorts first.
    """
    taken = set(_TAKEN)
    found: dict[str, str] = {}
    for value in sorted(counts, key=lambda value: (-counts[value], value != value.lower(), value)):
        name = _name(value)
        plain = len(name) <= MAX_BYTES and name.lower() not in taken and not is_device_name(name)
        found[value] = name if plain else _cut(name, value)
        taken.add(name.lower())
    return found


def _name(value: str) -> str:
    """Return the value with every special byte written as `~XX`."""
    if _PLAIN.fullmatch(value):
        return value
    return _OTHER.sub(lambda byte: b"~%02X" % ord(byte[0]), value.encode()).decode("ascii")


def _cut(name: str, value: str) -> str:
    """Return the start of a name, without splitting an escape, and the hash of the value."""
    kept = name.partition(".")[0] if is_device_name(name) else name
    start = _CUT_ESCAPE.sub("", kept[:KEPT_BYTES])
    return f"{start}~~{hashlib.sha256(value.encode()).hexdigest()[:HASH_DIGITS]}"
