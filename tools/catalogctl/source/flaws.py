"""Describe what is wrong with the text of a file, and where."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A place in a file; line and column count from 1."""

    line: int
    column: int


TOP = Place(1, 1)


class Flaw(NamedTuple):
    """An error in the text of a file: a problem without the file's name.

    If `hides_value`, the value there is unknown, so no rule is applied to it.
    """

    code: str
    place: Place
    pointer: str
    message: str
    hint: str = ""
    hides_value: bool = False


def place_of_byte(data: bytes, number: int) -> Place:
    """Return the place of the byte with this number, from 0."""
    before = data[:number]
    line = before[before.rfind(b"\n") + 1 :]
    return Place(before.count(b"\n") + 1, len(line.decode("utf-8", "replace")) + 1)
