"""The text of a YAML file of the usual, plain form in, its value out; None for every other one.

Usual are block mappings and sequences with one entry a line: `key: value`, `key:`, `- value`,
`- key: value`, with plain values, quoted ones without escapes, and lists of words in brackets.
Nothing is guessed: the first line of another form ends the attempt, and `strict_yaml` reads the
file by its parser. Lines recur from file to file, so what a line says is remembered: this reads
a file in a third of the time. A property test holds the two readers together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from catalogctl.source.scalars import NEVER_SPECIAL, read_plain

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

MAX_DEPTH = 64
REMEMBERED = 10_000
"""Lines whose reading is kept; the ones that recur are met long before that."""

_CHARACTER = "[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
_LINE = re.compile(
    rf"""
    (?P<indent>[ ]{{0,200}})
    (?P<dash>-[ ])?
    (?:(?P<key>[A-Za-z_/][A-Za-z0-9_./-]{{0,99}}):(?P<open>\Z|[ ]))?
    (?P<value>
        (?={_CHARACTER})(?:[^\x00-\x20\-?:,\[\]{{}}\#&*!|>'"%@`\x7f-\xa0]|-(?=[0-9.]))(?:{_CHARACTER}*)
        | "[^"\\]*" | '[^']*'
        | \[[A-Za-z0-9_./, -]*\] | \{{\}}
    )?
    \Z""",
    re.VERBOSE,
)
_COMMENT = re.compile(rf"[ ]*(?:\#{_CHARACTER}*)?\Z")
_WORD = re.compile(r"[A-Za-z0-9_/](?:[A-Za-z0-9_./ -]*[A-Za-z0-9_./-])?")
_QUOTED = re.compile(rf"{_CHARACTER}*\Z")


class _Line(NamedTuple):
    """What one line says: how deep, whether it starts an element, its key, its value.

    `opens` stands for a key whose value follows on the next lines; `key` is None for `- value`.
    """

    indent: int
    dash: bool
    key: str | None
    opens: bool
    value: Any


_NOTHING = _Line(-1, False, None, False, None)  # noqa: FBT003  (a blank line, or a comment)
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
    level = 0
    above: list[tuple[Any, int]] = []
    waiting: str | None = None  # the key whose value the next line begins
    for text in lines:
        line = _remembered.get(text) or _shape(text)
        indent, dash, key, opens, value = line
        if indent < 0:
            continue
        if waiting is not None:
            if indent < level or (indent == level and not dash) or len(above) >= MAX_DEPTH - 2:
                return None
            above.append((target, level))
            child: Any = [] if dash else {}
            target[waiting] = child
            target, level, waiting = child, indent, None
        else:
            while indent < level or (indent == level and not dash and type(target) is list):
                target, level = above.pop()
            if indent != level:
                return None
        if dash:
            if type(target) is not list:
                return None
            if key is None:
                target.append(value if type(value) is not tuple else list(value))
                continue
            above.append((target, level))
            child = {}
            target.append(child)
            target, level = child, indent + 2
        if type(target) is list or key in target:
            return None
        if opens:
            waiting = key
        elif type(value) is tuple:
            target[key] = list(value)
        elif type(value) is dict:
            target[key] = {}
        else:
            target[key] = value
    return None if waiting is not None or not whole else whole


def _shape(text: str) -> _Line:
    """Read one line, and remember it. Raises `_Unusual` when it is of no usual form."""
    line = _NOTHING if _COMMENT.match(text) else _entry(_LINE.match(text))
    if len(_remembered) < REMEMBERED:
        _remembered[text] = line
    return line


def _entry(found: re.Match[str] | None) -> _Line:
    if found is None:
        raise _Unusual
    indent, dash, key, opens, value = found.groups()
    if key is None and (dash is None or value is None):
        raise _Unusual
    if key is not None and type(_plain(key)) is not str:
        raise _Unusual
    if opens == "":
        return _Line(len(indent), dash is not None, key, True, None)  # noqa: FBT003
    if value is None:
        raise _Unusual
    return _Line(len(indent), dash is not None, key, False, _value(value))  # noqa: FBT003


def _value(text: str) -> Any:
    """Return what stands after the colon or the dash; a list comes as a tuple, to be copied."""
    first = text[0]
    if first in "\"'":
        if _QUOTED.match(text) is None:
            raise _Unusual
        return text[1:-1]
    if first == "{":
        return {}
    if first == "[":
        inner = text[1:-1].strip(" ")
        return tuple(_word(word.strip(" ")) for word in inner.split(",")) if inner else ()
    if ": " in text or " #" in text or text[-1] in ": ":
        raise _Unusual
    return _plain(text)


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
