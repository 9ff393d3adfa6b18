"""The places in a YAML text that no value says: its indicators, and where comments begin."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yaml.tokens import (
    BlockEntryToken,
    FlowEntryToken,
    FlowMappingStartToken,
    FlowSequenceStartToken,
    KeyToken,
    ScalarToken,
    ValueToken,
)

from catalogctl.source.strict_yaml import parser

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER_COMMENT = re.compile(r"[|>][-+0-9]*[ \t]+(#)")
_COMMENT = re.compile(r"#[^\r\n]*")


@dataclass(frozen=True, slots=True)
class Marks:
    """Where each "-", ":", "," and opening bracket stands, and each comment begins, in their order.

    `questions` has the place of each written "?", by the place of what follows it.
    """

    dashes: list[int] = field(default_factory=list)
    colons: list[int] = field(default_factory=list)
    commas: list[int] = field(default_factory=list)
    brackets: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)
    questions: dict[int, int] = field(default_factory=dict)


def read_marks(text: str, data: bytes) -> Marks:
    """Return the marks of a text that can be parsed; `data` is the text encoded.

    What stands between two tokens is blank, or a comment.
    """
    marks, end, question = Marks(), 0, -1
    scanner = parser(data)
    while (token := scanner.get_token()) is not None:
        start, stop = token.start_mark.index, token.end_mark.index
        marks.comments.extend(_comments(text, end, start))
        end = max(end, stop)
        if stop == start:
            continue
        if question >= 0:
            marks.questions[start] = question
            question = -1
        if isinstance(token, KeyToken):
            question = start
        else:
            _note(marks, token, text)
    marks.comments.extend(_comments(text, end, len(text)))
    return marks


def _note(marks: Marks, token: Any, text: str) -> None:
    """Add what one token tells."""
    start = token.start_mark.index
    if isinstance(token, BlockEntryToken):
        marks.dashes.append(start)
    elif isinstance(token, ValueToken):
        marks.colons.append(start)
    elif isinstance(token, FlowEntryToken):
        marks.commas.append(start)
    elif isinstance(token, FlowMappingStartToken | FlowSequenceStartToken):
        marks.brackets.append(start)
    elif isinstance(token, ScalarToken) and token.style in ("|", ">"):
        header = _HEADER_COMMENT.match(text, start)
        if header is not None:
            marks.comments.append(header.start(1))


def _comments(text: str, start: int, end: int) -> Iterator[int]:
    """Yield where each comment begins between two tokens."""
    if end > start:
        yield from (each.start() for each in _COMMENT.finditer(text, start, end))
