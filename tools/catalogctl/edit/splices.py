"""Replace several places of a text at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Splice(NamedTuple):
    """Characters `start` to `end` give way to `text`; with `start` == `end` it is put in."""

    start: int
    end: int
    text: str


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Return the text with all splices done; no two of them may overlap."""
    parts: list[str] = []
    at = 0
    for splice in sorted(splices):
        parts += text[at : splice.start], splice.text
        at = splice.end
    return "".join([*parts, text[at:]])
