"""Index the lines of a text once, so that looking up where one begins or ends needs no scan."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING

from catalogctl.source.flaws import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

_BREAK = re.compile(r"\r\n|\n|\r")


class Lines:
    """A text with the places of its lines; after a line break at its end, an empty line follows."""

    def __init__(self, text: str) -> None:
        spans = [found.span() for found in _BREAK.finditer(text)]
        self.text = text
        self.newline = text[slice(*spans[0])] if spans else "\n"
        self._starts = [0, *(end for _, end in spans)]
        self._ends = [*(start for start, _ in spans), len(text)]
        self._indentations: dict[int, int] = {}

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Yield where each line begins and ends."""
        return zip(self._starts, self._ends, strict=True)

    def number(self, index: int) -> int:
        """Return the number, from 0, of the line that contains a character."""
        return bisect_right(self._starts, index) - 1

    def start(self, index: int) -> int:
        """Return where the line that contains a character begins."""
        return self._starts[self.number(index)]

    def end(self, index: int) -> int:
        """Return where the line that contains a character ends, before its line break."""
        return self._ends[self.number(index)]

    def after(self, index: int) -> int:
        """Return where the next line begins, or the end of the text if there is none."""
        number = self.number(index) + 1
        return self._starts[number] if number < len(self._starts) else len(self.text)

    def before(self, start: int) -> int:
        """Return where the line above begins, or for the first line its own start."""
        return self._starts[max(self.number(start) - 1, 0)]

    def break_before(self, start: int) -> int:
        """Return the length in characters of the line break before a line's start."""
        number = self.number(start)
        return start - self._ends[number - 1] if number else 0

    def column(self, index: int) -> int:
        """Return how many characters precede this one in its line."""
        return index - self.start(index)

    def begins(self, index: int) -> bool:
        """Return whether only spaces precede a character in its line."""
        start = self.start(index)
        if start not in self._indentations:
            line = self.text[start : self.end(index)]
            self._indentations[start] = start + len(line) - len(line.lstrip(" "))
        return self._indentations[start] >= index

    def share(self, left: int, right: int) -> bool:
        """Return whether two characters are in the same line."""
        return self.number(left) == self.number(right)

    def is_blank(self, index: int) -> bool:
        """Return whether a line has only white space, as has the one after a final line break."""
        number = self.number(index)
        return not self.text[self._starts[number] : self._ends[number]].strip()


lines_of = lru_cache(maxsize=2)(Lines)
"""Returns the lines of a text, indexed once for several calls in a row."""


def place_of(text: str, offset: int) -> Place:
    """Return the place of a character in a text."""
    lines = lines_of(text)
    return Place(lines.number(offset) + 1, lines.column(offset) + 1)
