"""Word parts of messages: quoted values, their kinds, and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.json_pointer import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalogctl.jsontypes import JSON

LONGEST = 60
"""Limit of the characters of a value that a message quotes."""

_KINDS = {
    type(None): "nothing",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a mapping",
}
_JSON_KINDS = _KINDS | {
    type(None): "null",
    bool: "a boolean",
    str: "a string",
    dict: "an object",
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


def quote(text: str) -> str:
    """Return a text in quotes, shortened if it is long, printable and on one line."""
    beginning = text[: LONGEST + 1]
    return verbatim("".join(each if each.isprintable() else "\ufffd" for each in beginning))


def verbatim(text: str) -> str:
    """Return a text in quotes, shortened if it is long; a report makes it printable."""
    return f'"{text}"' if len(text) <= LONGEST else f'"{text[:LONGEST]}…"'


def kind(value: JSON) -> str:
    """Return the kind of a value in the terms of the author of a YAML file."""
    return _KINDS[type(value)]


def json_kind(value: object) -> str:
    """Return the kind of a JSON value in the terms of the author of a request."""
    return _JSON_KINDS.get(type(value), "no JSON value")


def type_names(types: str | list[str]) -> str:
    """Return the types of a schema in the terms of an author, without null."""
    names = [types] if isinstance(types, str) else types
    return " or ".join(_TYPES[name] for name in names if name != "null") or "nothing"


def field_name(pointer: str) -> str:
    """Return the name of the value at a pointer for a message, such as `labels[2]` in a list."""
    if not pointer:
        return "the document"
    steps = list(split(pointer))
    name = ""
    while len(steps) > 1 and steps[-1].isdecimal():
        name = f"[{steps.pop()}]{name}"
    return steps[-1] + name


def listed(words: Iterable[str]) -> str:
    """Return words joined as in "a, b or c"."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def first_of(texts: Sequence[str], most: int) -> str:
    """Return the first `most` texts on one line, and the number of the others."""
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more


def repository_words(name: str) -> str:
    """Return how a message names a repository: an upstream by its name, "" is our own."""
    return f"upstream {name}" if name else "the catalog itself"
