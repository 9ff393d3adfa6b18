"""The text of a YAML file of the usual, plain form in, its value out; None for every other one.

Usual are block mappings and sequences with one entry a line: `key: value`, `key:`, `- value`,
`- key: value`, with plain values, quoted ones without escapes, and lists of words in brackets.
Nothing is guessed: the first line of another form ends the attempt, and `strict_yaml` reads the
file by its parser. Lines recur from file to file, so what a line says is remembered: this reads
a file in a fourth of the time. A property test holds the two readers together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from catalogctl.source.scalars import NEVER_SPECIAL, read_plain

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

DEEPEST = 61
"""Of the 64 levels that are allowed: one line may open three, and is asked once."""

REMEMBERED = 10_000
"""Lines whose reading is kept; the ones that recur are met long before that."""

LONGEST_REMEMBERED = 200

_REFUSED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
_KEY = re.compile(r"[A-Za-z_/][A-Za-z0-9_./-]{0,99}")
_WORD = re.compile(r"[A-Za-z0-9_/](?:[A-Za-z0-9_./ -]*[A-Za-z0-9_./-])?")
_NEGATIVE = re.compile(r"-[0-9.]")
_INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@` \xa0")
"""What a plain value does not begin with, but for the minus of a number."""


class _Line(NamedTuple):
    """What one line says: how deep, whether it starts an element, its key, its value.

    `step` is what it asks for; `key` is None for `- value`. A line that says nothing has step 0.
    """

    step: int
    indent: int
    dash: bool
    key: str | None
    value: Any


_VALUE, _COPY, _OPEN = 1, 2, 3
"""The steps: put the value in, put a copy of it in, wait for the lines that hold it."""

_NOTHING = _Line(0, -1, False, None, None)  # noqa: FBT003  (a blank line, or a comment)
_remembered: dict[str, _Line] = {}


class _Unusual(Exception):  # noqa: N818  (no error: the other reader takes over)
    """A line of another form, or one that may mean two things."""


def load(text: str) -> JSONObject | None:
    """Return the mapping that a file of the usual form holds; None when it is of another one."""
    try:
        return _read(text.split("\n"))
    except _Unusual:
        return None


def _read(lines: list[str]) -> JSONObject | None:  # noqa: C901, PLR0912
    """Put the lines together; a hot loop, so in one piece."""
    whole: JSONObject = {}
    target: Any = whole
    in_list = False  # whether `target` is a list
    level = 0
    above: list[tuple[Any, int]] = []
    waiting: str | None = None  # the key whose value the next line begins
    for text in lines:
        step, indent, dash, key, value = _remembered.get(text) or _shape(text)
        if waiting is None:
            if indent == level and step == _VALUE and dash is in_list:  # most lines are such
                if key is None:
                    target.append(value)
                    continue
                if not dash:
                    if key in target:
                        return None
                    target[key] = value
                    continue
            if not step:
                continue
            while indent < level or (indent == level and in_list and not dash):
                target, level = above.pop()
                in_list = type(target) is list
            if indent != level:
                return None
        elif step:
            if indent < level or (indent == level and not dash) or len(above) >= DEEPEST:
                return None
            above.append((target, level))
            child: Any = [] if dash else {}
            target[waiting] = child
            target, level, waiting, in_list = child, indent, None, dash
        else:
            continue
        if dash is not in_list:
            return None
        if step == _COPY:
            value = value.copy()
        if key is None:
            target.append(value)
            continue
        if dash:
            above.append((target, level))
            child = {}
            target.append(child)
            target, level, in_list = child, indent + 2, False
        if key in target:
            return None
        if step == _OPEN:
            waiting = key
        else:
            target[key] = value
    return None if waiting is not None or not whole else whole


def _shape(text: str) -> _Line:
    """Read one line, and remember it. Raises `_Unusual` when it is of no usual form."""
    if not (text.isascii() and text.isprintable()) and _REFUSED.search(text):
        raise _Unusual
    entry = text.lstrip(" ")
    is_empty = not entry or entry[0] == "#"
    line = _NOTHING if is_empty else _entry(len(text) - len(entry), entry)
    if len(_remembered) < REMEMBERED and len(text) <= LONGEST_REMEMBERED:
        _remembered[text] = line
    return line


def _entry(indent: int, entry: str) -> _Line:
    dash = entry.startswith("- ")
    if dash:
        entry = entry[2:]
    key, colon, value = entry.partition(": ")
    if dash and (not colon or entry[0] in _BRACKETS) and not entry.endswith(":"):
        return _given(indent, dash, None, entry)
    if colon:
        return _given(indent, dash, _key(key), value)
    if entry.endswith(":"):
        return _Line(_OPEN, indent, dash, _key(entry[:-1]), None)
    raise _Unusual


def _given(indent: int, dash: bool, key: str | None, text: str) -> _Line:  # noqa: FBT001
    value = _value(text)
    return _Line(_COPY if type(value) in (list, dict) else _VALUE, indent, dash, key, value)


_BRACKETS = frozenset("\"'[{")


def _key(text: str) -> str:
    if _KEY.fullmatch(text) is None or type(_plain(text)) is not str:
        raise _Unusual
    return text


def _value(text: str) -> Any:
    """Return what stands after the colon or the dash."""
    first, last = text[:1], text[-1:]
    if first and (first not in _INDICATORS or _NEGATIVE.match(text)):
        if last in " :" or ": " in text or " #" in text:
            raise _Unusual
        return _plain(text)
    if len(text) < len("[]"):
        raise _Unusual
    inner = text[1:-1]
    if first == last == "'" and "'" not in inner:
        return inner
    if first == last == '"' and '"' not in inner and "\\" not in inner:
        return inner
    if text == "{}":
        return {}
    if first == "[" and last == "]":
        return [_word(word.strip(" ")) for word in inner.split(",")] if inner.strip(" ") else []
    raise _Unusual


def _word(text: str) -> Any:
    if _WORD.fullmatch(text) is None:
        raise _Unusual
    return _plain(text)


def _plain(text: str) -> Any:
    if text[0] in NEVER_SPECIAL:
        return text
    reading = read_plain(text)
    if type(reading) is not tuple:
        raise _Unusual
    return reading[0]
