"""Words for messages: how a value is shown, what it is, which ones there are."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from catalogctl.json_pointer import split
from catalogctl.source.yaml_scalars import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    steps = list(split(pointer))
    name = ""
    while len(steps) > 1 and steps[-1].isdecimal():
        name = f"[{steps.pop()}]{name}"
    return steps[-1] + name


def type_names(types: str | list[str]) -> str:
    """Return the types of a schema as an author would say them; null is not offered."""
    names = [types] if isinstance(types, str) else types
    return " or ".join(_TYPES[name] for name in names if name != "null") or "nothing"


def as_list(name: str, value: JSON) -> str:
    """Return a single value as the list that belongs there: `labels: [Monitoring]`."""
    texts = [""]
    if isinstance(value, str):
        texts = [part.strip() for part in value.split(",") if part.strip()]
    elif isinstance(value, int | float):
        texts = [json.dumps(value)]
    inside = ", ".join(_element(text) for text in texts)
    return f"{name}: [{inside if 0 < len(inside) <= LONGEST else '…'}]"


def mapping_hint(name: str, value: JSON, members: Sequence[str]) -> str:
    """Return the hint that shows the mapping that belongs there: `deprecated: {reason: …}`.

    A text may be a key and a value whose colon is missing.
    """
    key = _KEY.match(value) if isinstance(value, str) else None
    if key is not None:
        return f"write {name}: {{{key[1]}: …}}: a colon and a space are missing"
    inside = ", ".join(f"{each}: …" for each in members) or "key: value"
    return f"write {name}: {{{inside}}}"


def as_text(name: str, value: str) -> str:
    """Return the only element of a list as the text that belongs there: `provider: aws`."""
    return f"{name}: {_element(value)}"


def _element(text: str) -> str:
    """Return a text as YAML, in quotes where it needs them; a long one is left out."""
    if not text or len(text) > _LONGEST_ELEMENT:
        return "…"
    is_plain = _WORD.fullmatch(text) and read_plain(text) == (text,)
    return text if is_plain else json.dumps(text, ensure_ascii=False)


_LONGEST_ELEMENT = 30
_KEY = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]{0,39})(?::|\s)")
_WORD = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_. /-]*[A-Za-z0-9_])?")


def listed(words: Iterable[str]) -> str:
    """Return words as «a, b or c»."""
    *first, last = list(words)
    return f"{', '.join(first)} or {last}" if first else last
