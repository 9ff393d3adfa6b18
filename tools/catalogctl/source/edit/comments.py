"""A text and an entry in it; the lines that belong to the entry, its comments with them, out.

A comment right above an entry, in its column, is about it. One below, further to the right, lies
inside. The comment at the top of a file is about the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.source.edit.layout import line_end, line_start, next_line, previous_line

if TYPE_CHECKING:
    from catalogctl.source.edit.layout import Entry

_COMMENT = re.compile(r"[ \t]*#")


def first_line(text: str, entry: Entry, column: int, floor: int) -> int:
    """Return where the first line of an entry starts, its own comments counted.

    Nothing above `floor`, the end of the entry before it, is looked at.
    """
    start = at = line_start(text, entry.start)
    while at > floor:
        above = previous_line(text, at)
        line = text[above:at]
        if above < floor or not _COMMENT.match(line) or _indentation(line) != column:
            break
        at = above
    return start if _is_header(text, at, start) else at


def _is_header(text: str, at: int, start: int) -> bool:
    """Tell whether comment lines are the ones that a file starts with."""
    return at < start and not text[:at].strip()


def last_line(text: str, entry: Entry, column: int) -> int:
    """Return where the line begins that is the first one after an entry."""
    at = found = next_line(text, entry.end)
    while at < len(text):
        line = text[at : line_end(text, at)]
        at = next_line(text, at)
        if _COMMENT.match(line) and _indentation(line) > column:
            found = at
        elif line.strip():
            break
    return found


def blank_lines_before(text: str, at: int) -> int:
    """Return where the blank lines start that end at a line's start; `at` where there are none."""
    while at and not text[previous_line(text, at) : at].strip():
        at = previous_line(text, at)
    return at


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
