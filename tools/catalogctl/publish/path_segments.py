"""Make path segments of values that people wrote (product contract, 5).

A segment needs no escaping in a URL, leaves no folder, has at most 120 bytes, is no name of a
Windows device, and differs from every other segment of its field by more than case (R-12, R-46).
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
"""Names that no value may have: the pages of a field's values stand beside its own page."""


def segments(counts: Mapping[str, int]) -> dict[str, str]:
    """Return the path segment of each value of one field; `counts` has the plugins of each.

    A name that is too long or a Windows device's, or that differs only by case from one that more
    plugins have, is cut and ends with the hash of its value. Of those that as many plugins have,
    the one in lower case keeps its name, else the one that sorts first.
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
    """Return the value with every byte that is not plain written as `~XX`."""
    if _PLAIN.fullmatch(value):
        return value
    return _OTHER.sub(lambda byte: b"~%02X" % ord(byte[0]), value.encode()).decode("ascii")


def _cut(name: str, value: str) -> str:
    """Return the start of a name, no escape cut in two, and the hash of the value."""
    kept = name.partition(".")[0] if is_device_name(name) else name
    start = _CUT_ESCAPE.sub("", kept[:KEPT_BYTES])
    return f"{start}~~{hashlib.sha256(value.encode()).hexdigest()[:HASH_DIGITS]}"
