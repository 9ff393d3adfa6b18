"""Read a plain, strict YAML file quickly; what needs a closer look gives None.

A file is read in one pass over the events of libyaml's parser, with no marks kept. Whatever is
unusual (an anchor, a tag, a doubtful scalar, a second document, a character that nobody sees, …)
ends the pass; `positions.examine` then reads the bytes again and says what is wrong, or, where
nothing is, gives the value. Both give the same value for the files that they accept: property
tests hold them together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from catalogctl.source.character_names import BLANKS, HIDDEN, JOINERS
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
BOM = b"\xef\xbb\xbf"

_NO_KEY = object()
_UNUSUAL = object()
_CACHE_SIZE = 50_000


class _SlowParser(Reader, Scanner, Parser):
    """PyYAML's own parser, where libyaml is absent: the same events, 20 times slower."""

    def __init__(self, data: bytes) -> None:
        Reader.__init__(self, data)
        Scanner.__init__(self)
        Parser.__init__(self)


HAS_LIBYAML = bool(yaml.__with_libyaml__)


def parser(data: bytes) -> Any:
    """Return an object whose `get_event` gives the YAML events of `data`, one by one.

    The end of the text ends its last line too (YAML 1.2, 5.4), which neither parser knows of the
    last line of a block of text.
    """
    if not data.endswith((b"\n", b"\r")):
        data += b"\n"
    if HAS_LIBYAML:
        from yaml._yaml import CParser

        return CParser(data)
    return _SlowParser(data)


def load(data: bytes) -> JSONObject | None:
    """Return the mapping that a plain, strict YAML document holds; None when it needs a look."""
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
        return _build(parser(data if data.endswith(b"\n") else data + b"\n").get_event)
    except yaml.YAMLError:
        return None


_plain_cache: dict[str, Any] = {}


def _plain(text: str) -> Any:
    """Return the value of a plain scalar that may be more than text; remembered by text.

    `_UNUSUAL` when it has none.
    """
    try:
        return _plain_cache[text]
    except KeyError:
        reading = read_plain(text)
        is_usual = isinstance(reading, tuple) and not is_rewritten(text, reading[0])
        value = reading[0] if isinstance(reading, tuple) and is_usual else _UNUSUAL
        if len(_plain_cache) < _CACHE_SIZE:
            _plain_cache[text] = value
        return value


def _build(next_event: Callable[[], Any]) -> JSONObject | None:  # noqa: C901, PLR0912
    """Build the value while the events come; the one hot loop of the package, so in one piece."""
    stack: list[Any] = []
    target: Any = None
    key: Any = _NO_KEY
    while True:
        event = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                return None
            value: JSON = event.value
            if event.implicit[0]:
                if event.value[:1] not in NEVER_SPECIAL:
                    value = _plain(event.value)
                    if value is _UNUSUAL:
                        return None
            elif event.style == '"' and REFUSED.search(event.value):
                return None
            if target is None:
                return None
            if key is not _NO_KEY:
                target[key] = value
                key = _NO_KEY
            elif type(target) is list:
                target.append(value)
            elif type(value) is not str or value in target:
                return None
            else:
                key = value
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            if event.anchor is not None or event.tag is not None or len(stack) >= MAX_DEPTH:
                return None
            child: Any = {} if kind is MappingStartEvent else []
            if type(target) is dict:
                if key is _NO_KEY:
                    return None
                target[key] = child
            elif target is None:
                if kind is SequenceStartEvent:
                    return None
            else:
                target.append(child)
            stack.append(target)
            target, key = child, _NO_KEY
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            closed = target
            target = stack.pop()
            key = _NO_KEY
            if target is None:
                return _ended(next_event, closed)
        elif kind is AliasEvent or kind is DocumentEndEvent or kind is StreamEndEvent:
            return None
        elif kind is DocumentStartEvent:
            if event.tags or event.version:
                return None
        elif kind is not StreamStartEvent:
            return None


def _ended(next_event: Callable[[], Any], value: JSONObject) -> JSONObject | None:
    """Return the value when the document and then the stream end here."""
    if type(next_event()) is DocumentEndEvent and type(next_event()) is StreamEndEvent:
        return value
    return None
