"""Find the parts of a YAML text that are secrets, so that no report shows them.

The parser locates the scalars. Parts that it can't reach, because the text is not YAML from some
place on, are searched line by line, hiding too much rather than too little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from catalogctl import redaction
from catalogctl.redaction import Line
from catalogctl.source.character_names import HIDDEN, JOINERS
from catalogctl.source.strict_yaml import (
    BOM,
    MAX_DEPTH,
    REFUSED_UNESCAPED,
    is_run_together,
    parser,
)
from catalogctl.source.text_lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.redaction import Span

MAX_PARSED = 1024 * 1024
"""Size in bytes above which no file is parsed for a report: no handwritten file is as long."""

_HOST_FIELD = re.compile(rf"(?m)^([ \t]*+).*?\b(?:{'|'.join(redaction.HOST_FIELDS)})['\"]?[ \t]*+:")
"""What stands before the value of a field of hosts, on its line."""
_KEY_OF_CONFIG = rf"(?m)^([ \t]*+).*{redaction.CONFIG}\b"
_NAMED_LIKE_SECRETS = r"(?i)(?:{})[-_a-z0-9]*".format(
    "|".join(f"[-_{HIDDEN}{JOINERS}]*".join(word) for word in redaction.WORDS)
)
_TO_THE_VALUE = r"""["']?\s*(?:[:=\uff1a]\s*)?(?:[|>][-+0-9]*\s*$)?["']?"""
"""Patterns for text that is not YAML, or is a key and its value without a colon.

It is rare, so they are compiled only when needed.
"""

_LINE_END = re.compile(r"\r\n|\r|\n")
_BLANKS = re.compile(r"[ \t]*")
_COMMENT = re.compile(r"(?<=[ \t])#")


class Credential(NamedTuple):
    """A credential of a known service: where it begins in a file's text, and its first characters.

    `in_comment` means that it is not part of a value or a key.
    """

    offset: int
    beginning: str
    in_comment: bool


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secrets in a file, with their places in its text.

    `values` has them by their first characters, for `redaction.redacted_values`; `credentials` are
    those of known services, recognised by their form.
    """

    spans: tuple[Span, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    credentials: tuple[Credential, ...] = ()


class _Scalar(NamedTuple):
    """A key, a value, or the end of a key that is one; the keys above decide `is_secret`."""

    start: int
    end: int
    style: str | None
    text: str
    is_secret: bool


def text_of(data: bytes) -> str:
    """Return a file's bytes as text without a byte order mark; invalid bytes are replaced."""
    return data.removeprefix(BOM).decode("utf-8", "replace")


def lines(data: bytes) -> list[Line]:
    """Return the lines of a file, each with the parts that must not be shown."""
    text, spans = text_of(data), secrets(data).spans
    file_lines: list[Line] = []
    first = 0
    for start, end in lines_of(text):
        while first < len(spans) and spans[first][1] <= start:
            first += 1
        file_lines.append(Line(text[start:end], tuple(_within(spans, first, start, end))))
    return file_lines


def _within(spans: tuple[Span, ...], first: int, start: int, end: int) -> Iterator[Span]:
    for number in range(first, len(spans)):
        begun, ended = spans[number]
        if begun >= end:
            return
        if ended > start:
            yield max(begun - start, 0), min(ended, end) - start


@lru_cache(maxsize=8)
def secrets(data: bytes) -> Secrets:
    """Return the secrets in a file, whether or not it can be parsed."""
    text = text_of(data)
    tokens, logins = redaction.tokens(text), _logins(text)
    passwords = {text[start:end] for start, end in logins}
    names_some = redaction.CONFIG in text
    if len(data) > MAX_PARSED or not (tokens or names_some or "\\" in text):
        known = redaction.by_beginning(passwords)
        return Secrets(_merged([*tokens, *logins]), known, tuple(_credentials(text, tokens, [])))
    parsable = REFUSED_UNESCAPED.sub("\N{REPLACEMENT CHARACTER}", text)
    scalars, is_whole = _ScalarReader(parsable).read()
    hidden = (each.text for each in scalars if each.is_secret)
    values = {*redaction.as_quoted(hidden), *passwords}
    plain = {text[start:end] for start, end in tokens} | passwords
    spans = [*tokens, *logins, *_spans_of(scalars, values, text, plain)]
    if names_some and not is_whole:
        after_names = _after_names(text)
        spans += after_names
        named = (text[start:end].strip(" \t'\"") for start, end in after_names)
        values |= redaction.as_quoted(named)
    spans += _comments_behind(scalars, text)
    credentials = tuple(sorted(_credentials(text, tokens, scalars)))
    return Secrets(_merged(spans), redaction.by_beginning(values), credentials)


def _logins(text: str) -> list[Span]:
    """Return the spans of the passwords in addresses, and of more in the fields of hosts."""
    spans, done = redaction.logins(text), 0
    for name in _HOST_FIELD.finditer(text) if "@" in text else ():
        if name.start() >= done:
            begun, done = name.end(), _end_of_block(text, name.end(), len(name[1]))
            found = redaction.logins(text[begun:done], of_host=True)
            spans += ((begun + start, begun + end) for start, end in found)
    return spans


def _spans_of(
    scalars: list[_Scalar], values: set[str], text: str, plain: set[str]
) -> Iterator[Span]:
    """Yield the spans of scalars that are secrets or contain one that is not written plainly."""
    for each in scalars:
        is_refused = each.is_secret or (len(each.text) > redaction.SHOWN and each.text in values)
        found = [*redaction.tokens(each.text), *redaction.logins(each.text)]
        if is_refused or _not_plain(each, found, plain):
            yield _content(each, text)


def _not_plain(scalar: _Scalar, found: list[Span], plain: set[str]) -> list[str]:
    """Return the secrets found in a scalar that do not occur literally in the text of the file."""
    secrets = (scalar.text[start:end] for start, end in found)
    return [each for each in secrets if each not in plain]


def _content(scalar: _Scalar, text: str) -> Span:
    """Return the span of a scalar's text, without its quotes or block header."""
    start, end = scalar.start, scalar.end
    if scalar.style in ("'", '"'):
        return start + 1, max(end - 1, start + 1)
    if scalar.style in ("|", ">"):
        head = _LINE_END.search(text, start, end)
        start = head.end() if head else end
        while start < end and text[start] in " \t\r\n":
            start += 1
    return start, end


def _comments_behind(scalars: list[_Scalar], text: str) -> Iterator[Span]:
    """Yield the spans of the comments behind secrets, as they often have the secret before."""
    line_end = 0
    for each in scalars:
        begun = each.start if each.style in ("|", ">") else each.end
        if each.is_secret and begun >= line_end:
            found = _LINE_END.search(text, begun)
            line_end = found.start() if found else len(text)
            comment = _COMMENT.search(text, begun, line_end)
            if comment is not None:
                yield comment.start(), line_end


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        elif end > start:
            merged.append((start, end))
    return tuple(merged)


def _credentials(text: str, tokens: list[Span], scalars: list[_Scalar]) -> Iterator[Credential]:
    """Yield the credentials in a text, and those that only the values of its scalars contain."""
    waiting = iter(sorted(scalars))
    scalar = next(waiting, None)
    for start, end in tokens:
        while scalar is not None and scalar.end <= start:
            scalar = next(waiting, None)
        in_comment = scalar is None or scalar.start >= end
        yield Credential(start, text[start:end][: redaction.SHOWN], in_comment)
    plain = {text[start:end] for start, end in tokens}
    for each in scalars:
        for token in _not_plain(each, redaction.tokens(each.text), plain):
            yield Credential(each.start, token[: redaction.SHOWN], in_comment=False)


def _after_names(text: str) -> list[Span]:
    """Return the spans after names of secrets below `registry_config`, in text that is not YAML.

    A span ends with its line, or with the last line below that is indented more.
    """
    spans: list[Span] = []
    named, to_the_value = re.compile(_NAMED_LIKE_SECRETS), re.compile(_TO_THE_VALUE)
    for config in re.finditer(_KEY_OF_CONFIG, text):
        start, end = config.end(), _end_of_block(text, config.end(), len(config[1]))
        for name in named.finditer(text, start, end):
            if spans and name.start() < spans[-1][1]:
                continue
            line = text.rfind("\n", 0, name.start()) + 1
            begun = _end(to_the_value, text, name.end())
            spans.append((begun, _end_of_block(text, begun, _end(_BLANKS, text, line) - line)))
    return spans


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Return where a match of `pattern` at `start` ends, or `start` without a match."""
    match = pattern.match(text, start)
    return match.end() if match else start


def _end_of_block(text: str, start: int, indent: int) -> int:
    """Return where the line ends, or the last line below it that is indented more."""
    below = re.compile(rf"[\r\n](?=[ \t]{{0,{indent}}}\S)").search(text, start)
    return below.start() if below else len(text)


class _ScalarReader:
    """One pass over the events of a text, as far as the parser gets.

    Anchors name ranges of the scalars; aliased ranges are secret because an alias is the value of a
    secret's name.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._next = parser(text.encode()).get_event
        self._scalars: list[_Scalar] = []
        self._anchors: dict[str, Span] = {}
        self._aliased: set[Span] = set()

    def read(self) -> tuple[list[_Scalar], bool]:
        """Return the scalars in the order of the text, and whether the parser reached its end."""
        is_whole = False
        try:
            while not isinstance(event := self._next(), StreamEndEvent):
                if isinstance(event, NodeEvent):
                    self._node(event)
            is_whole = True
        except (yaml.YAMLError, _TooDeepError):
            pass
        for number in {number for aliased in self._aliased for number in range(*aliased)}:
            self._scalars[number] = self._scalars[number]._replace(is_secret=True)
        return self._scalars, is_whole

    def _node(
        self, event: Any, depth: int = 0, *, in_config: bool = False, is_secret: bool = False
    ) -> str:
        """Read the node that an event begins; return the text of a scalar, else "".

        A key inside a secret is part of it; the key that names a secret is not.
        """
        if isinstance(event, AliasEvent):
            if is_secret:
                self._aliased.add(self._anchors.get(str(event.anchor), (0, 0)))
            return ""
        if depth > MAX_DEPTH:
            raise _TooDeepError
        start, end = event.start_mark.index, event.end_mark.index
        first, text = len(self._scalars), ""
        if isinstance(event, ScalarEvent):
            text = event.value
            self._scalars.append(_Scalar(start, end, event.style, text, is_secret))
        elif isinstance(event, SequenceStartEvent):
            while not isinstance(element := self._next(), SequenceEndEvent):
                self._node(element, depth + 1, in_config=in_config, is_secret=is_secret)
        else:
            while not isinstance(key := self._next(), MappingEndEvent):
                name = self._node(key, depth + 1, in_config=in_config, is_secret=is_secret)
                following = self._next()
                if in_config and event.flow_style and is_run_together(key, following):
                    self._value_in(key)
                self._node(
                    following,
                    depth + 1,
                    in_config=in_config or name == redaction.CONFIG,
                    is_secret=is_secret or (in_config and redaction.is_secret_name(name)),
                )
        if event.anchor is not None:
            self._anchors[event.anchor] = first, len(self._scalars)
        return text

    def _value_in(self, key: Any) -> None:
        """Add the value of a secret that was run together with its name."""
        end = key.end_mark.index
        name = re.compile(_NAMED_LIKE_SECRETS).search(self._text, key.start_mark.index, end)
        if name is not None:
            start = _end(re.compile(_TO_THE_VALUE), self._text, name.end())
            text = self._text[start:end]
            self._scalars.append(_Scalar(start, end, key.style, text, is_secret=True))


class _TooDeepError(Exception):
    """Stops the reading of nested values; it never leaves this module."""
