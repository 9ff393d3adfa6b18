"""Find the indicators and comments of a YAML text, which the parser's events don't include."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from typing import Any

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

_SIGNS = {
    BlockEntryToken: "-",
    ValueToken: ":",
    FlowEntryToken: ",",
    FlowMappingStartToken: "[",
    FlowSequenceStartToken: "[",
}
_HEADER_COMMENT = re.compile(r"[|>][-+0-9]*[ \t]+(#)")
_COMMENT = re.compile(r"#[^\r\n]*")


class Marks:
    """The marks of a text that can be parsed; `data` is the encoded text.

    `places` has the sorted places of each "-", ":", "," and opening bracket ("[" for both kinds),
    and of the beginning of each comment ("#"). `questions` has the place of each written "?", by
    the place of what follows it.
    """

    def __init__(self, text: str, data: bytes) -> None:
        self.places: dict[str, list[int]] = defaultdict(list)
        self.questions: dict[int, int] = {}
        end, question = 0, -1
        scanner = parser(data)
        while (token := scanner.get_token()) is not None:
            start, stop = token.start_mark.index, token.end_mark.index
            self._add_comments(text, end, start)
            end = max(end, stop)
            if stop == start:
                continue
            if question >= 0:
                self.questions[start] = question
            question = start if isinstance(token, KeyToken) else -1
            self._add(text, token)
        self._add_comments(text, end, len(text))

    def _add(self, text: str, token: Any) -> None:
        start = token.start_mark.index
        if type(token) in _SIGNS:
            self.places[_SIGNS[type(token)]].append(start)
        elif isinstance(token, ScalarToken) and token.style in ("|", ">"):
            header = _HEADER_COMMENT.match(text, start)
            if header is not None:
                self.places["#"].append(header.start(1))

    def _add_comments(self, text: str, start: int, end: int) -> None:
        """Add each comment between two tokens, where there are only blanks and comments."""
        if end > start:
            self.places["#"] += [match.start() for match in _COMMENT.finditer(text, start, end)]

    def first(self, sign: str, start: int, end: int) -> int | None:
        """Return the place of the first mark of a kind between two places, or None."""
        places = self.places[sign]
        at = bisect_left(places, start)
        return places[at] if at < len(places) and places[at] < end else None
