"""Words for messages: how a value is shown, what it is, which ones there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 60
"""Characters of a text that a message shows."""

_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}


def quote(text: str) -> str:
    """Return a text as a message shows it: printable, on one line, and not too long."""
    shown = "".join(char if char.isprintable() else "�" for char in text[:LONGEST])
    return f'"{shown}…"' if len(text) > LONGEST else f'"{shown}"'


def kind(value: object) -> str:
    """Return what a JSON value is."""
    return _KINDS.get(type(value), "no JSON value")


def any_of(words: Iterable[str]) -> str:
    """Return words as «a, b or c»."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
