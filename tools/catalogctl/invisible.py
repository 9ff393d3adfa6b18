"""Find and remove invisible characters.

These are the characters that Unicode calls default-ignorable, and the blank braille pattern, which
has no dots.
"""

from __future__ import annotations

import re

_RANGES = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_JOINING = "\u180b-\u180d\u200c\u200d\ufe00-\ufe0f"
"""Invisible characters that shape adjacent letters or emoji, so they are useful inside a text."""
_INVISIBLE = re.compile(f"[{_RANGES}]")
_USELESS = re.compile(f"(?![{_JOINING}])[{_RANGES}]")
_AT_AN_END = re.compile(r"[\s\u200c\u200d]")


def visible(text: str) -> str:
    """Return a text without its invisible characters."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def is_blank(text: str) -> bool:
    """Return whether a text has no visible character."""
    return not visible(text).strip()


def stray_character(text: str) -> str:
    """Return the first invisible and useless character of a text, or "" if there is none.

    That is an invisible character anywhere except those that shape others, or white space or a
    joiner at either end.
    """
    stray = None if text.isascii() else _USELESS.search(text)
    if stray is None:
        stray = _AT_AN_END.match(text) or _AT_AN_END.match(text[-1:])
    return stray[0] if stray is not None else ""


def without_strays(text: str) -> str:
    """Return a text without the characters that `stray_character` finds."""
    if not stray_character(text):
        return text
    kept = _USELESS.sub("", text)
    start, end = 0, len(kept)
    while start < end and _AT_AN_END.match(kept[start]):
        start += 1
    while start < end and _AT_AN_END.match(kept[end - 1]):
        end -= 1
    return kept[start:end]
