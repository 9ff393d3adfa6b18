"""Replace several places of a text at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Splice(NamedTuple):
    """Replace characters `start` to `end` with `text`; insert it if `start` == `end`."""

    start: int
    end: int
    text: str


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Return the text with all splices applied; no two of them may overlap."""
    parts: list[str] = []
    at = 0
    for splice in sorted(splices):
        parts += text[at : splice.start], splice.text
        at = splice.end
    return "".join([*parts, text[at:]])
