"""Translate regular expressions in the dialect of docs/query.md for RE2 (D-F12).

The dialect is what Python's `re` and PCRE interpret alike and a linear-time engine supports.
Anything else is an error, never interpreted in one engine's own way:

    pattern     = ["(?" flags ")"] choice                  flags: i, m, s; "i" is always on
    choice      = sequence { "|" sequence }
    sequence    = { atom [ repeat ] }
    repeat      = ( "*" | "+" | "?" | "{m}" | "{m,}" | "{m,n}" ) [ "?" ]
    atom        = "." | "^" | "$" | set | group | escape | any other character
    group       = "(" choice ")" | "(?:" choice ")" | "(?P<name>" choice ")"
                | "(?" flags ["-" flags] ":" choice ")" | "(?#" comment ")"
    set         = "[" ["^"] members "]"
"""

from __future__ import annotations

import re
from typing import NamedTuple

from catalogctl.query.query_limits import MAX_GROUPS, MAX_PATTERN, MAX_PATTERN_SIZE, MAX_REPEAT

_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a"}
_ASSERTIONS = "AbB"
_CLASSES = {
    "d": r"0-9",
    "D": r"\x{0}-/:-\x{10FFFF}",
    "s": r"\t-\r ",
    "S": r"\x{0}-\x{8}\x{e}-\x{1f}!-\x{10FFFF}",
    "w": r"\w",
    "W": r"\W",
}
_REPEAT = re.compile(r"\*|\+|\?|\{(?P<least>[0-9]+)(?P<more>,(?P<most>[0-9]*))?\}")
_NO_REPEAT = re.compile(r"\{,[0-9]*\}")
_GROUP = re.compile(
    r"\((?:\?(?:P<(?P<name>[A-Za-z_][A-Za-z0-9_]{0,31})>|(?P<on>[ims]*)(?:-(?P<off>[ms]+))?:))?"
)
_GLOBAL_FLAGS = re.compile(r"\(\?(?P<on>[ims]+)\)")
_HEX = re.compile(r"x([0-9A-Fa-f]{2})")
_SLOW = (
    ("(?=", "look-around"),
    ("(?!", "look-around"),
    ("(?<=", "look-around"),
    ("(?<!", "look-around"),
    ("(?P=", "a back-reference"),
    ("(?(", "a condition"),
    ("(?>", "an atomic group"),
)


class NoPatternError(ValueError):
    """The reason why a text is not a pattern."""


class Piece(NamedTuple):
    """A part of a pattern in RE2's syntax, and its size: characters and sets, repeats written out.

    A part that matches no character («^») can't be repeated.
    """

    text: str
    size: int = 1
    repeatable: bool = True


def translate(text: str) -> Piece:
    """Return a pattern of the dialect in RE2's syntax; raise NoPatternError if it is invalid."""
    if len(text) > MAX_PATTERN:
        raise NoPatternError(f"it has more than {MAX_PATTERN:,} characters")
    start = _GLOBAL_FLAGS.match(text)
    flags = frozenset(start["on"]) if start else frozenset()
    reader = _PatternReader(text, start.end() if start else 0)
    piece = reader.choice(flags, depth=0)
    if reader.position < len(text):
        raise NoPatternError('a ")" closes nothing')
    return piece


class _PatternReader:
    """Reads a pattern from left to right; `position` is the index of the next character."""

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.names: set[str] = set()

    def starts(self, *beginnings: str) -> bool:
        return self.text.startswith(beginnings, self.position)

    def choice(self, flags: frozenset[str], depth: int) -> Piece:
        """Read sequences separated by «|», up to a «)» or the end."""
        if depth > MAX_GROUPS:
            raise NoPatternError(f"its groups nest deeper than {MAX_GROUPS} levels")
        sequences = [self.sequence(flags, depth)]
        while self.starts("|"):
            self.position += 1
            sequences.append(self.sequence(flags, depth))
        text = "|".join(piece.text for piece in sequences)
        return Piece(text, _checked(sum(piece.size for piece in sequences)))

    def sequence(self, flags: frozenset[str], depth: int) -> Piece:
        pieces: list[Piece] = []
        size = 0
        while self.position < len(self.text) and not self.starts("|", ")"):
            if self.starts("(?#") and (end := self.text.find(")", self.position)) >= 0:
                self.position = end + 1
                continue
            piece = self.repeated(self.atom(flags, depth))
            size = _checked(size + piece.size)
            pieces.append(piece)
        return Piece("".join(piece.text for piece in pieces), max(size, 1))

    def repeated(self, atom: Piece) -> Piece:
        """Read the repeat after an atom, if any, and return the repeated atom."""
        if _NO_REPEAT.match(self.text, self.position):
            raise NoPatternError('write "{0,n}" for "{,n}"')
        repeat = _REPEAT.match(self.text, self.position)
        if repeat is None:
            return atom
        if not atom.repeatable:
            raise NoPatternError(f"there is nothing to repeat before {repeat[0]}")
        self.position = repeat.end()
        lazy = "?" if self.starts("?") else ""
        self.position += len(lazy)
        if _REPEAT.match(self.text, self.position):
            raise NoPatternError(f"{repeat[0]} is repeated once more")
        return Piece(atom.text + repeat[0] + lazy, _checked(atom.size * _times(repeat)))

    def atom(self, flags: frozenset[str], depth: int) -> Piece:
        char = self.text[self.position]
        if char == "(":
            return self.group(flags, depth)
        if _REPEAT.match(self.text, self.position) or _NO_REPEAT.match(self.text, self.position):
            raise NoPatternError(f'there is nothing to repeat before "{char}"')
        self.position += 1
        if char == "[":
            return self.set()
        if char == "\\":
            return self.escape()
        if char == ".":
            return Piece(r"(?s:.)" if "s" in flags else r"[^\n]")
        if char == "^":
            return Piece("(?m:^)" if "m" in flags else r"\A", repeatable=False)
        if char == "$":
            return Piece("(?m:$)" if "m" in flags else r"(?:\n?\z)", repeatable=False)
        return Piece(_literal(char))

    def group(self, flags: frozenset[str], depth: int) -> Piece:
        for beginning, what in _SLOW:
            if self.starts(beginning):
                raise NoPatternError(f"{what} would make the search slow, and is not allowed")
        opening = _GROUP.match(self.text, self.position)
        if opening is None or (opening[0] == "(" and self.starts("(?")):
            shown = self.text[self.position : self.position + 4]
            raise NoPatternError(f'"{shown}" is not part of the dialect')
        if opening["name"]:
            if opening["name"] in self.names:
                raise NoPatternError(f'two groups have the name "{opening["name"]}"')
            self.names.add(opening["name"])
        on, off = frozenset(opening["on"] or ""), frozenset(opening["off"] or "")
        if on & off:
            raise NoPatternError(f'"{opening[0]}" turns a flag on and off')
        self.position = opening.end()
        inner = self.choice((flags | on) - off, depth + 1)
        if not self.starts(")"):
            raise NoPatternError('a ")" is missing')
        self.position += 1
        return Piece(f"(?:{inner.text})", inner.size)

    def escape(self) -> Piece:
        if self.position == len(self.text):
            raise NoPatternError("it ends with a backslash")
        char = self.text[self.position]
        if char in _ASSERTIONS:
            self.position += 1
            return Piece(f"\\{char}", repeatable=False)
        if char in _CLASSES:
            self.position += 1
            return Piece(f"[{_CLASSES[char]}]")
        return Piece(_literal(self.escaped()))

    def escaped(self) -> str:
        """Read what follows a backslash and denotes one character."""
        char = self.text[self.position]
        number = _HEX.match(self.text, self.position)
        if number:
            self.position = number.end()
            return chr(int(number[1], 16))
        if char in "123456789":
            raise NoPatternError("a back-reference would make the search slow, and is not allowed")
        if char.isascii() and char.isalnum() and char not in _CONTROLS:
            raise NoPatternError(f'"\\{char}" does not mean the same everywhere')
        self.position += 1
        return _CONTROLS.get(char, char)

    def set(self) -> Piece:
        """Read a set after its «[»."""
        negated = "^" if self.starts("^") else ""
        self.position += len(negated)
        members: list[str] = []
        while not self.starts("]") or not members:
            if self.position == len(self.text):
                raise NoPatternError('a "]" is missing')
            members.append(self.member())
        self.position += 1
        return Piece(f"[{negated}{''.join(members)}]", len(members))

    def member(self) -> str:
        """Read one character, range or class of a set."""
        first = self.character()
        if not self.starts("-") or self.starts("-]"):
            return _literal(first) if len(first) == 1 else _CLASSES[first[1]]
        self.position += 1
        last = self.character() if self.position < len(self.text) else "\\"
        if len(first) > 1 or len(last) > 1 or first > last:
            shown = f"{first}-{last}"
            raise NoPatternError(f'"{shown}" is not a range')
        return f"{_literal(first)}-{_literal(last)}"

    def character(self) -> str:
        """Read one character of a set, or a class, which is returned as written."""
        if self.starts("[:", "[.", "[="):
            shown = self.text[self.position : self.position + 2]
            raise NoPatternError(f'"{shown}" in a set does not mean the same everywhere')
        char = self.text[self.position]
        self.position += 1
        if char != "\\":
            return char
        if self.position == len(self.text):
            raise NoPatternError('a "]" is missing')
        if self.starts("b"):
            self.position += 1
            return "\b"
        if self.text[self.position] in _CLASSES:
            self.position += 1
            return "\\" + self.text[self.position - 1]
        return self.escaped()


def _literal(char: str) -> str:
    return char if char.isalnum() and char.isascii() else f"\\x{{{ord(char):x}}}"


def _times(repeat: re.Match[str]) -> int:
    """Return how often a repeat copies its atom; raise NoPatternError if that is too often."""
    if repeat["least"] is None:
        return 1
    least = int(repeat["least"])
    most = int(repeat["most"]) if repeat["most"] else least
    if max(least, most) > MAX_REPEAT:
        raise NoPatternError(f"it repeats more than {MAX_REPEAT:,} times")
    if least > most:
        raise NoPatternError(f"{repeat[0]} is not a range")
    return max(most + (repeat["most"] == ""), 1)


def _checked(size: int) -> int:
    if size > MAX_PATTERN_SIZE:
        raise NoPatternError("it repeats too much")
    return size
