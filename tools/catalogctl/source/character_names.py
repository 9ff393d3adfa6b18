"""Name invisible and look-alike characters, and find what they were meant to be.

Text pasted from a web page, or typed on another keyboard layout, may contain invisible characters
(a no-break space, a zero width space) or characters that look like YAML syntax (a full-width
colon, a curly quote).
"""

from __future__ import annotations

import re
import unicodedata

BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u3164\uffa0\u2800"
"""Characters that look like a space but are not one, for use in a character class."""

HIDDEN = "\u00ad\u034f\u115f\u1160\u180e\u200b\u2060-\u2064\ufeff"
"""Characters that have no width, for use in a character class."""

JOINERS = "\u200c-\u200f"
"""Zero-width characters that some scripts need; suspicious only in text that is otherwise ASCII."""

BYTE_ORDER_MARK = "\ufeff"
UNSEEN = re.compile(f"[{BLANKS}{HIDDEN}]")
BLANK = re.compile(f"[{BLANKS}]")
_HIDDEN = re.compile(f"[{HIDDEN}]")
_JOINER = re.compile(f"[{JOINERS}]")

_NAMES = {
    "\u00a0": "no-break space",
    "\u00ad": "soft hyphen",
    "\u2060": "word joiner",
    "\ufeff": "byte order mark",
}

_BULLETS = "\u2022\u2023\u2043\u25aa\u25cf\u25e6"
_MEANT = {
    ":": "\uff1a\ufe55\ufe13\ua789\u2236\u02d0",
    ",": "\uff0c\ufe50\u3001\ufe51\ufe10",
    "[": "\uff3b\u3010\u3014",
    "]": "\uff3d\u3011\u3015",
    "{": "\uff5b\ufe5b",
    "}": "\uff5d\ufe5c",
    "#": "\uff03\ufe5f",
    '"': "\uff02\u201c\u201d\u201e\u201f\u2033",
    "'": "\uff07\u2018\u2019\u201a\u201b\u2032",
    "-": "\uff0d\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63" + _BULLETS,
}
_ASCII = {other: character for character, others in _MEANT.items() for other in others}
LOOKALIKE = re.compile(f"[{''.join(_ASCII)}{BLANKS}]")
COMMA = re.compile(f"[{_MEANT[',']}]")
"""A character that looks like a comma."""


def character_name(character: str) -> str:
    """Return the name of a character for a message, such as `U+FF1A (full-width colon)`."""
    name = _NAMES.get(character) or unicodedata.name(character, "").lower()
    name = name.replace("fullwidth", "full-width")
    code = f"U+{ord(character):04X}"
    return f"{code} ({name})" if name else code


def meant(character: str) -> str:
    """Return the YAML character that a character looks like, or a space if it looks like one."""
    return _ASCII.get(character, " ")


def first_unseen(text: str) -> re.Match[str] | None:
    """Return the first invisible character of a name, or None if all are visible.

    A joiner counts if all other characters are ASCII, because no script there needs it.
    """
    if text.isascii():
        return None
    match = UNSEEN.search(text)
    if match is None and _JOINER.search(text) and _JOINER.sub("", text).isascii():
        match = _JOINER.search(text)
    return match


def without_hidden(text: str) -> str:
    """Return a text without its zero-width characters."""
    return _JOINER.sub("", _HIDDEN.sub("", text))


def without_invisible(text: str) -> str:
    """Return a name as it is seen: without invisible characters, and with plain spaces inside."""
    return BLANK.sub(" ", without_hidden(text)).strip()
