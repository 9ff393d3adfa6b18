"""Find the lines that belong to an entry, its comments with them.

A comment right above an entry, in its column, is about it, and so is the one at the end of its
line. One below, further to the right, lies inside. What stands above the first entry with a blank
line below it is about the file, and so is the line that tells an editor the schema.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogctl.edit.layout import Layout, LayoutEntry
    from catalogctl.source.text_lines import Lines

_COMMENT_LINE = re.compile(r"[ \t]*#")
_FOR_EDITORS = re.compile(r"[ \t]*#[ \t]*yaml-language-server:")


def first_line(lines: Lines, start: int, floor: int) -> int:
    """Return where the first line of what starts at `start` begins, its own comments counted.

    Nothing above `floor`, the end of the entry before it, is looked at.
    """
    at, column = lines.start(start), lines.column(start)
    while at > floor:
        above = lines.before(at)
        if above < floor or not _is_about(lines.text, above, column):
            break
        at = above
    return at


def is_for_editors(text: str, at: int = 0) -> bool:
    """Return whether a comment tells editors the schema: it is the file's, whatever it is above."""
    return _FOR_EDITORS.match(text, at) is not None


def _is_about(text: str, at: int, column: int) -> bool:
    """Return whether a line is a comment in a column, about what is in that column below it."""
    comment = _COMMENT_LINE.match(text, at)
    return comment is not None and comment.end() - 1 - at == column and not is_for_editors(text, at)


def last_line(lines: Lines, entry: LayoutEntry, column: int) -> int:
    """Return where the line begins that is the first one after an entry."""
    at = end = lines.after(entry.end)
    while at < len(lines.text):
        comment = _COMMENT_LINE.match(lines.text, at)
        inside = comment is not None and comment.end() - 1 - at > column
        if not inside and not lines.is_blank(at):
            break
        at = lines.after(at)
        end = at if inside else end
    return end


def blank_lines_before(lines: Lines, at: int) -> int:
    """Return where the blank lines start that end at a line's start; `at` where there are none."""
    while at and lines.is_blank(lines.before(at)):
        at = lines.before(at)
    return at


def blank_lines_after(lines: Lines, at: int) -> int:
    """Return where the blank lines end that begin at a line's start."""
    while at < len(lines.text) and lines.is_blank(at):
        at = lines.after(at)
    return at


def end_beside(layout: Layout, end: int, limit: int) -> int:
    """Return where the comment ends that stands behind `end` in its line; `end` without one.

    A comment behind `limit`, the bracket that closes, is about something else.
    """
    line_end = layout.lines.end(end)
    return end if layout.comment(end, min(line_end, limit)) is None else line_end
