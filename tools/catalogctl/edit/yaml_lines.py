"""Write a JSON value as lines of YAML in this project's style.

Collections are on lines of their own (an empty one is `{}` or `[]`), text of several lines is a
literal block, and long text of one line is folded. Lines are relative to the column of the entry
that they belong to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.edit.scalar_text import is_printable, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

WIDTH = 100
"""Columns of a line of text above which it is folded."""

LONGEST_KEY = 1000
"""Characters of a key above which it needs a "?" before it (YAML 1.2, 7.4: 1024)."""


@dataclass(frozen=True, slots=True)
class Indents:
    """The number of spaces by which a mapping and a list are indented below their key."""

    mapping: int = 2
    sequence: int = 2


def flow(value: JSON) -> str:
    """Return a value on one line, with collections in brackets."""
    if isinstance(value, dict):
        return "{" + ", ".join(flow_member(*member) for member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value, flow=True)


def flow_member(name: str, value: JSON) -> str:
    """Return a member of a mapping in braces."""
    question = "? " if len(name) > LONGEST_KEY else ""
    return f"{question}{scalar(name, flow=True)}: {flow(value)}"


def parts(
    value: JSON, steps: Indents, column: int = 0, *, key: str = "", fold: bool = True
) -> tuple[str, list[str]]:
    """Return what follows `key:` (or "-") on its line, and the lines below it.

    `column` and `key` are those of the entry; they only decide whether a text has to be folded.
    """
    if isinstance(value, dict | list) and value:
        step = steps.mapping if isinstance(value, dict) else steps.sequence
        return "", indented(collection(value, steps, column + step), step)
    if isinstance(value, dict | list):
        return " {}" if isinstance(value, dict) else " []", []
    if isinstance(value, str):
        block = literal(value) if "\n" in value else None
        is_long = column + len(key) + 2 + len(value) > WIDTH and " " in value
        if block is None and fold and is_long:
            block = folded(value, WIDTH - column - steps.mapping)
        if block is not None:
            return f" {block[0]}", indented(block[1], steps.mapping)
    return f" {scalar(value)}", []


def collection(value: JSONObject | list[JSON], steps: Indents, column: int = 0) -> list[str]:
    """Return the lines of a non-empty collection."""
    if isinstance(value, dict):
        return [line for member in value.items() for line in member_lines(*member, steps, column)]
    return [line for element in value for line in element_lines(element, steps, column)]


def member_lines(name: str, value: JSON, steps: Indents, column: int = 0) -> Iterator[str]:
    """Yield the lines of one member of a mapping."""
    key = scalar(name)
    if len(name) > LONGEST_KEY:
        yield f"? {key}"
        key = ""
    head, body = parts(value, steps, column, key=key)
    yield f"{key}:{head}"
    yield from body


def element_lines(value: JSON, steps: Indents, column: int = 0) -> Iterator[str]:
    """Yield the lines of one element of a list."""
    if isinstance(value, dict | list) and value:
        first, *rest = collection(value, steps, column + 2)
        yield f"- {first}"
        yield from indented(rest, 2)
        return
    head, body = parts(value, steps, column)
    yield f"-{head}"
    yield from body


def indented(lines: list[str], step: int) -> list[str]:
    """Return the lines indented by `step` spaces; empty ones stay empty."""
    return [" " * step + line if line else line for line in lines]


def literal(text: str) -> tuple[str, list[str]] | None:
    """Return the header and lines of a text as a literal block, or None if quotes are safer."""
    body = text.removesuffix("\n")
    lines = body.split("\n")
    if not (lines[0] and lines[-1]) or lines[0][0] in " \t":
        return None
    if any(line != line.rstrip() or not all(map(_fits, line)) for line in lines):
        return None
    return ("|" if text.endswith("\n") else "|-"), lines


def ends_line(value: JSON) -> bool:
    """Return whether a value's last line, as written here, should have its line break.

    In YAML 1.2 the end of a text also ends its last line; older readers don't follow that.
    """
    while isinstance(value, dict | list) and value:
        value = list(value.values())[-1] if isinstance(value, dict) else value[-1]
    block = literal(value) if isinstance(value, str) and "\n" in value else None
    return block is not None and block[0] == "|"


def _fits(character: str) -> bool:
    return is_printable(character) or character == "\t"


def folded(text: str, width: int) -> tuple[str, list[str]] | None:
    """Return the header and lines of a one-line text as a folded block, or None if that changes it.

    The text must be plain words with one space between them.
    """
    is_foldable = not re.search(r"\s\s|\A\s|\s\Z|[\t\r\n]", text)
    if not is_foldable or not all(map(is_printable, text)):
        return None
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > max(width, 20):
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return ">-", [*lines, line]
