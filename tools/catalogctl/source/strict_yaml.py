"""Read a plain, strict YAML file quickly, or return None if it needs a closer look.

Anything unusual (an anchor, a tag, an ambiguous scalar, a second document, an invisible character,
…) ends the pass; `positions.examine` then reads the bytes again and reports what is wrong, or
returns the value if nothing is. Property tests check that the two readers agree.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import (
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from catalogctl.source.character_names import BLANKS, COMMA, HIDDEN, JOINERS, LOOKALIKE
from catalogctl.source.merge_conflicts import may_hold_conflicts
from catalogctl.source.yaml_scalars import NEVER_SPECIAL, is_rewritten, read_plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.jsontypes import JSON, JSONObject

MAX_DEPTH = 64
REFUSED_CHARACTERS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
REFUSED = re.compile(f"[{REFUSED_CHARACTERS}]")
REFUSED_UNESCAPED = re.compile(f"[{REFUSED_CHARACTERS}\u2028\u2029]")
_UNUSUAL_TEXT = re.compile(f"[{REFUSED_CHARACTERS}\u2028\u2029{BLANKS}{HIDDEN}{JOINERS}]")
_QUESTION = re.compile(r"[\[{,\s]\?\S")
_RUN_TOGETHER = re.compile(rf"[\s:]|{LOOKALIKE.pattern}")
BOM = b"\xef\xbb\xbf"


class _UnusualError(Exception):
    """The file needs the careful reader."""


class _SlowParser(Reader, Scanner, Parser):
    """PyYAML's own parser, used if libyaml is absent: the same events, 20 times slower."""

    def __init__(self, data: bytes) -> None:
        Reader.__init__(self, data)
        Scanner.__init__(self)
        Parser.__init__(self)


HAS_LIBYAML = bool(yaml.__with_libyaml__)


def parser(data: bytes) -> Any:
    """Return an object whose `get_event` returns the YAML events of `data`, one by one.

    The end of a text also ends its last line (YAML 1.2, 5.4), but neither parser applies this to
    the last line of a block scalar, so a line feed is added.
    """
    if not data.endswith((b"\n", b"\r")):
        data += b"\n"
    if HAS_LIBYAML:
        from yaml._yaml import CParser

        return CParser(data)
    return _SlowParser(data)


def load(data: bytes) -> JSONObject | None:
    """Return the mapping in a plain, strict YAML document, or None if it needs a closer look."""
    data = data.removeprefix(BOM)
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if _UNUSUAL_TEXT.search(text) or may_hold_conflicts(text):
        return None
    if "?" in text and _QUESTION.search(text):
        return None
    try:
        return _document(parser(data).get_event)
    except (yaml.YAMLError, _UnusualError):
        return None


def _document(next_event: Callable[[], Any]) -> JSONObject:
    """Read a stream with one document, a mapping."""
    next_event()
    start = next_event()
    if isinstance(start, StreamEndEvent) or start.tags or start.version:
        raise _UnusualError
    value = _value(next_event(), next_event, 0)
    next_event()
    if not isinstance(value, dict) or not isinstance(next_event(), StreamEndEvent):
        raise _UnusualError
    return value


def _value(event: Any, next_event: Callable[[], Any], depth: int) -> JSON:
    """Read the value that an event begins, `depth` levels down: the package's hot loop."""
    kind = type(event)
    if event.anchor is not None or event.tag is not None:  # an alias has an anchor too
        raise _UnusualError
    if kind is ScalarEvent:
        text: str = event.value
        if event.implicit[0]:
            return text if text[:1] in NEVER_SPECIAL else _plain(text)
        if event.style == '"' and REFUSED.search(text):
            raise _UnusualError
        return text
    if depth >= MAX_DEPTH:
        raise _UnusualError
    if kind is SequenceStartEvent:
        in_brackets, elements = event.flow_style, []
        while type(event := next_event()) is not SequenceEndEvent:
            elements.append(_value(event, next_event, depth + 1))
            if in_brackets and like_comma(event):
                raise _UnusualError
        return elements
    return _members(next_event, depth, in_braces=event.flow_style)


def _members(next_event: Callable[[], Any], depth: int, *, in_braces: bool) -> JSONObject:
    """Read the members of a mapping that is `depth` levels down."""
    members: JSONObject = {}
    while type(event := next_event()) is not MappingEndEvent:
        key = _value(event, next_event, depth + 1)
        if type(key) is not str or key in members:
            raise _UnusualError
        following = next_event()
        value = members[key] = _value(following, next_event, depth + 1)
        if value is None and in_braces and is_run_together(event, following):
            raise _UnusualError
    return members


def like_comma(event: Any) -> re.Match[str] | None:
    """Return the first character of an unquoted element in brackets that looks like a comma."""
    if type(event) is not ScalarEvent or event.style or event.value.isascii():
        return None
    return COMMA.search(event.value)


def is_run_together(key: Any, value: Any) -> bool:
    """Return whether an unquoted key in braces has no colon, but may be a key and its value."""
    has_no_colon: bool = key.end_mark.index == value.start_mark.index
    is_plain = type(key) is ScalarEvent and not key.style
    return has_no_colon and is_plain and _RUN_TOGETHER.search(key.value) is not None


@lru_cache(maxsize=50_000)
def _plain(text: str) -> JSON:
    """Return the value of a plain scalar that may be more than text."""
    reading = read_plain(text)
    if not isinstance(reading, tuple) or is_rewritten(text, reading[0]):
        raise _UnusualError
    return reading[0]
