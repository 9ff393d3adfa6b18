"""Find the lines that belong to an entry, including its comments.

A comment right above an entry, in its column, is about it, and so is the one at the end of its
line. A comment below it, further to the right, is inside it. A comment above the first entry with a
blank line between them is about the file, and so is the line that names the schema for editors. An
entry that is commented out is about no other one, so what is removed leaves it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogctl.edit.layout import Layout, LayoutEntry
    from catalogctl.source.text_lines import Lines

_COMMENT_LINE = re.compile(r"[ \t]*#")
_COMMENTED_OUT = re.compile(
    r"""[ \t]*#[ \t]*(?:[-,](?!\S)|"""
    r"""(?:"[^"\r\n]*"|'[^'\r\n]*'|[^\s,"'#][^\s,]*)(?::(?!\S)|,[ \t]*[\r\n]))"""
)
"""A comment that reads as an entry: `# key: …`, `# - …`, or in brackets `# word,`."""
_FOR_EDITORS = re.compile(r"[ \t]*#[ \t]*yaml-language-server:")


def first_line(lines: Lines, start: int, floor: int) -> int:
    """Return where the first line of the entry at `start` begins, including its comments.

    Lines above `floor`, the end of the previous entry, don't count.
    """
    at, column = lines.start(start), lines.column(start)
    while at > floor:
        above = lines.before(at)
        if above < floor or not _is_about(lines.text, above, column):
            break
        at = above
    return at


def first_line_removed(lines: Lines, start: int, floor: int) -> int:
    """Return where the lines begin that are removed with the entry at `start`.

    The comments above it are removed, too, unless one of them is an entry that is commented out:
    which of the others are about that one can't be known.
    """
    own = lines.start(start)
    at = first = first_line(lines, start, floor)
    while at < own:
        if _COMMENTED_OUT.match(lines.text, at):
            return own
        at = lines.after(at)
    return first


def is_for_editors(text: str, at: int = 0) -> bool:
    """Return whether a comment names the schema for editors: it is always about the file."""
    return _FOR_EDITORS.match(text, at) is not None


def _is_about(text: str, at: int, column: int) -> bool:
    """Return whether a line is a comment in a column, about the entry below it in that column."""
    comment = _COMMENT_LINE.match(text, at)
    return comment is not None and comment.end() - 1 - at == column and not is_for_editors(text, at)


def last_line(lines: Lines, entry: LayoutEntry, column: int) -> int:
    """Return where the first line after an entry begins."""
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
    """Return where the blank lines before a line's start begin, or `at` if there are none."""
    while at and lines.is_blank(lines.before(at)):
        at = lines.before(at)
    return at


def blank_lines_after(lines: Lines, at: int) -> int:
    """Return where the blank lines after a line's start end, or `at` if there are none."""
    while at < len(lines.text) and lines.is_blank(at):
        at = lines.after(at)
    return at


def end_beside(layout: Layout, end: int, limit: int) -> int:
    """Return where the comment after `end` on its line ends, or `end` without one.

    A comment after `limit`, the closing bracket, is about something else.
    """
    line_end = layout.lines.end(end)
    return end if layout.comment(end, min(line_end, limit)) is None else line_end
