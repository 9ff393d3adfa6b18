"""The text of a regular expression in, a pattern that searches in linear time out (D-F12).

The dialect is what Python's `re` and PCRE share and RE2 can do: no look-around, no back-references.
A few spellings that RE2 reads otherwise are rewritten for it: «$» also before a last line feed,
«\\s» with the vertical tab, «\\b» in a set, comments.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import re2

from catalogctl.errors import ApiError
from catalogctl.query.limits import MAX_GROUPS, MAX_PATTERN, MAX_PROGRAM, REGEX_BYTES, REGEX_STEP
from catalogctl.query.words import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.query.limits import Budget

_LETTERS = frozenset("dDwWsSbBAtnrfvax")
_SPACES = r"\t\n\v\f\r "
_NO_SPACES = r"\x00-\x08\x0e-\x1f!-\x{10FFFF}"
_TOKEN = re.compile(
    r"\\(?P<escaped>.)|(?P<set>\[\^?\]?)|(?P<comment>\(\?#[^)]*\))|(?P<group>\((?:\?.{0,3})?)"
    r"|(?P<upto>\{,[0-9]+\})|(?P<other>.)",
    re.DOTALL,
)
_REFUSED = (
    (re.compile(r"\(\?(?:=|!|<=|<!)"), "look-around"),
    (re.compile(r"\(\?(?:P=|\()"), "back-references"),
    (re.compile(r"\(\?>"), "atomic groups"),
)


class _Refused(ValueError):
    """Why a text is no pattern."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern; equal when the text is."""

    text: str
    compiled: re2._Regexp

    def found(self, text: str, budget: Budget) -> bool:
        """Say whether the pattern is found in a text, case ignored."""
        encoded = text.encode("utf-8", "surrogatepass")
        budget.spend(1 + len(encoded) * self.compiled.programsize // REGEX_STEP)
        return self.compiled.search(encoded) is not None


def compile_pattern(text: str, pointer: str) -> Pattern:
    """Return a pattern; raise ApiError for what is none in this dialect."""
    try:
        return _compile(text)
    except _Refused as refused:
        raise ApiError(
            "ERROR_DB_QUERY", f"{quote(text)} is no regular expression: {refused}", pointer
        ) from refused


def _compile(text: str) -> Pattern:
    if len(text) > MAX_PATTERN:
        raise _Refused(f"it has more than {MAX_PATTERN} characters")
    translated = "".join(_translated(text))
    _check_python(text)
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = False
    options.never_capture = True
    options.max_mem = REGEX_BYTES
    try:
        compiled = re2.compile(translated.encode(), options)
    except re2.error as error:
        raise _Refused("it uses what a linear search can't do, or is too large") from error
    if compiled.programsize > MAX_PROGRAM:
        raise _Refused("it repeats too much")
    return Pattern(text, compiled)


def _check_python(text: str) -> None:
    """Refuse what Python's `re` refuses: RE2 reads some of it in its own way."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise _Refused(str(error)) from error
    except (OverflowError, RecursionError) as error:
        raise _Refused("it is too large") from error


def _translated(text: str) -> Iterator[str]:
    """Yield the pattern piece by piece as RE2 has to read it; refuse what is not shared."""
    depth = position = 0
    dollar = "$" if re.search(r"\(\?[a-z]*m", text) else r"(?:\n?\z)"
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise _Refused("a backslash stands at its end")
        position = token.end()
        if token["escaped"]:
            yield _escaped(token["escaped"], in_set=False)
        elif token["set"]:
            inside, position = _set(text, position)
            yield token["set"] + inside
        elif token["group"]:
            # A set or an escape after the parenthesis is a token of its own.
            position = token.start() + _opening(token["group"])
            yield text[token.start() : position]
            depth += 1
            if depth > MAX_GROUPS:
                raise _Refused(f"its groups nest deeper than {MAX_GROUPS} levels")
        elif token["upto"]:
            raise _Refused(f'write "{{0{token["upto"][1:]}" for "{token["upto"]}"')
        elif token["other"]:
            depth -= token["other"] == ")"
            yield dollar if token["other"] == "$" else token["other"]


def _opening(group: str) -> int:
    """Return the length of a group's beginning; refuse the groups that a linear search lacks."""
    for refused, what in _REFUSED:
        if refused.match(group):
            raise _Refused(f"{what} would make the search slow, and are not allowed")
    return 2 if group.startswith("(?") else 1


def _escaped(char: str, *, in_set: bool) -> str:
    if char in "123456789":
        raise _Refused("back-references would make the search slow, and are not allowed")
    if char.isascii() and char.isalpha() and char not in _LETTERS:
        raise _Refused(f'"\\{char}" does not mean the same everywhere')
    if char in "sS":
        inside = _SPACES if char == "s" else _NO_SPACES
        return inside if in_set else f"[{inside}]"
    if char == "b" and in_set:
        return r"\x08"
    return f"\\{char}" if char.isascii() else char


def _set(text: str, position: int) -> tuple[str, int]:
    """Return what stands in a set, as RE2 has to read it, and where the text goes on."""
    pieces: list[str] = []
    while position < len(text):
        char = text[position]
        if text[position : position + 2] in {"[:", "[.", "[="}:
            raise _Refused('"[:" in a set does not mean the same everywhere')
        if char == "\\" and position + 1 < len(text):
            pieces.append(_escaped(text[position + 1], in_set=True))
            position += 2
            continue
        pieces.append(char)
        position += 1
        if char == "]":
            return "".join(pieces), position
    raise _Refused('a "]" is missing')
