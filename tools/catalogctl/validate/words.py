"""Words for messages: how a value is shown, what it is, which ones there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.source.positions import unescape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.jsontypes import JSON

LONGEST = 60
"""Characters of a value that a message shows."""

_KINDS = {
    type(None): "nothing",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a mapping",
}
_TYPES = {
    "null": "nothing",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "a mapping",
}


def shown(text: str) -> str:
    """Return a text as a message quotes it: whole, or its beginning."""
    return f'"{text}"' if len(text) <= LONGEST else f'"{text[:LONGEST]}…"'


def kind(value: JSON) -> str:
    """Return what a value is, as an author would say it."""
    return _KINDS[type(value)]


def field_name(pointer: str) -> str:
    """Return how a message names the value at a pointer: `labels[2]` in a list."""
    if not pointer:
        return "the document"
    steps = [unescape(step) for step in pointer.split("/")[1:]]
    name = ""
    while len(steps) > 1 and steps[-1].isdecimal():
        name = f"[{steps.pop()}]{name}"
    return steps[-1] + name


def type_names(types: str | list[str]) -> str:
    """Return the types of a schema as an author would say them; null is not offered."""
    names = [types] if isinstance(types, str) else types
    return " or ".join(_TYPES[name] for name in names if name != "null") or "nothing"


def listed(words: Iterable[str]) -> str:
    """Return words as «a, b or c»."""
    *first, last = list(words)
    return f"{', '.join(first)} or {last}" if first else last
