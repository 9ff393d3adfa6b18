"""Measure texts in terminal cells, and truncate them to a width."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_NO_WIDTH = ("Mn", "Me", "Cf")
_SOFT_HYPHEN = "\u00ad"


@lru_cache(maxsize=4096)
def cell_width(character: str) -> int:
    """Return the cells that a character takes: 2 for a wide one, 0 for a combining one."""
    if character.isascii() or character == _SOFT_HYPHEN:
        return 1
    joins = "\u1160" <= character <= "\u11ff"  # vowels and finals of a Hangul syllable
    if joins or unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width_of(text: str) -> int:
    """Return how many cells a text takes."""
    return len(text) if text.isascii() else sum(map(cell_width, text))


def cut(text: str, width: int, *, unicode: bool) -> str:
    """Return the text, truncated to a width with an ellipsis if it is too long."""
    if width_of(text) <= width:
        return text
    sign = ellipsis(unicode=unicode)
    room, end = width - len(sign), 0
    for character in text:
        room -= cell_width(character)
        if room < 0:
            break
        end += 1
    return (text[:end] + sign)[:width] if width < len(sign) else text[:end] + sign


def ellipsis(*, unicode: bool) -> str:
    """Return the sign for omitted text."""
    return "\N{HORIZONTAL ELLIPSIS}" if unicode else "..."
