"""Change entries of collections in brackets by splices of the text.

An entry on lines of its own owns the same comments as an entry without brackets: those right above
it, and the one at the end of its line, after the comma.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.edit import entry_lines
from catalogctl.edit.scalar_text import habit, scalar
from catalogctl.edit.splices import Splice
from catalogctl.edit.yaml_lines import flow, flow_member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.edit.layout import Layout, LayoutEntry, LayoutNode
    from catalogctl.jsontypes import JSON

STEP = 2
"""Spaces by which an entry is indented below a bracket on its own line."""


def insert(
    layout: Layout, owner: LayoutNode, at: int, name: str | None, value: JSON
) -> Iterator[Splice]:
    """Yield the splices that insert an entry before the `at`-th; a list element has no `name`."""
    entry = flow(value) if name is None else flow_member(name, value)
    if not owner.entries:
        yield _first(layout, owner, entry)
    elif at < len(owner.entries):
        yield _before(layout, owner, at, entry)
    else:
        yield from _append(layout, owner, entry)


def _first(layout: Layout, owner: LayoutNode, new: str) -> Splice:
    """Return the splice that inserts the first entry; existing comments stay above it."""
    closing = owner.end - 1
    if layout.comment(owner.opening, closing) is None:
        return Splice(owner.opening + 1, owner.opening + 1, new)
    blanks = " " * (layout.lines.column(closing) + STEP)
    start = layout.lines.start(closing)
    return Splice(start, start, f"{blanks}{new}{layout.lines.newline}")


def _before(layout: Layout, owner: LayoutNode, at: int, new: str) -> Splice:
    """Return the splice that inserts an entry before another, on a new line if that begins one."""
    lines, entry = layout.lines, owner.entries[at]
    head, leads = _head(layout, owner, at)
    if not lines.begins(head):
        return Splice(entry.start, entry.start, f"{new}, ")
    where = entry_lines.first_line(lines, head, owner.entries[at - 1].end if at else owner.opening)
    blanks = " " * lines.column(head)
    line = f"{blanks}, {new}" if leads else f"{blanks}{new},"
    return Splice(where, where, line + lines.newline)


def _append(layout: Layout, owner: LayoutNode, new: str) -> Iterator[Splice]:
    lines, last = layout.lines, owner.entries[-1]
    head, leads = _head(layout, owner, len(owner.entries) - 1)
    comma = layout.comma(last.end, owner.end)
    end = last.end if comma is None else comma + 1
    beside = entry_lines.end_beside(layout, end, owner.end)
    if not lines.begins(head) and beside == end:
        yield Splice(last.end, last.end, f", {new}")
        return
    blanks = lines.newline + " " * lines.column(head if lines.begins(head) else last.start)
    if comma is not None:
        yield Splice(beside, beside, f"{blanks}{new},")
    elif leads:
        yield Splice(beside, beside, f"{blanks}, {new}")
    elif beside == last.end:
        yield Splice(beside, beside, f",{blanks}{new}")
    else:
        yield Splice(last.end, last.end, ",")
        yield Splice(beside, beside, f"{blanks}{new}")


def _head(layout: Layout, owner: LayoutNode, at: int) -> tuple[int, bool]:
    """Return where an entry begins, and whether it begins with a comma at the start of its line."""
    start = owner.entries[at].start
    comma = layout.comma(owner.entries[at - 1].end, start) if at else None
    lines = layout.lines
    if comma is not None and lines.share(comma, start) and lines.begins(comma):
        return comma, True
    return start, False


def remove(layout: Layout, owner: LayoutNode, at: int) -> Iterator[Splice]:
    """Yield the splices that remove the `at`-th entry, with its comma and its own comments."""
    lines, entries, entry = layout.lines, owner.entries, owner.entries[at]
    before = entries[at - 1] if at else None
    after = entries[at + 1] if at + 1 < len(entries) else None
    if before is not None and lines.share(before.end, entry.start):
        yield Splice(before.end, entry.end, "")
    elif after is not None and _adjoins(layout, owner, at):
        yield Splice(entry.start, after.start, "")
    else:
        yield from _remove_lines(layout, owner, at)


def _remove_lines(layout: Layout, owner: LayoutNode, at: int) -> Iterator[Splice]:
    """Yield the splices that remove an entry that shares no line with another one."""
    entries, entry = owner.entries, owner.entries[at]
    head, leads = _head(layout, owner, at)
    comma = layout.comma(entry.end, _limit(owner, at))
    if at and (leads or comma is None):
        end = entry_lines.end_beside(layout, entry.end, owner.end)
        yield from _with_comma_before(layout, entries[at - 1], head, end)
        return
    end = entry.end
    if comma is not None and layout.lines.share(entry.end, comma):
        end = comma + 1
    elif comma is not None:
        yield Splice(comma, comma + 1, "")
    end = entry_lines.end_beside(layout, end, owner.end)
    floor = entries[at - 1].end if at else owner.opening
    start = entry_lines.first_line_removed(layout.lines, head, floor)
    inner = layout.text[owner.opening + 1 : start], layout.text[end : owner.end - 1]
    if any(map(str.strip, inner)):
        yield Splice(*_whole_lines(layout, start, head, end), "")
    else:
        yield Splice(owner.opening + 1, owner.end - 1, "")


def _limit(owner: LayoutNode, at: int) -> int:
    """Return where the next entry begins, or after the last one where the collection ends."""
    return owner.entries[at + 1].start if at + 1 < len(owner.entries) else owner.end


def _adjoins(layout: Layout, owner: LayoutNode, at: int) -> bool:
    """Return whether the next entry is on an entry's line, or may move up to it.

    It may if the entry does not begin its line and no comment is between the two.
    """
    entry, after = owner.entries[at : at + 2]
    if layout.lines.share(entry.end, after.start):
        return True
    head, _ = _head(layout, owner, at)
    return not layout.lines.begins(head) and layout.comment(entry.end, after.start) is None


def _with_comma_before(
    layout: Layout, before: LayoutEntry, head: int, end: int
) -> Iterator[Splice]:
    """Yield the splices that remove an entry and the comma between it and the one before."""
    comma = layout.comma(before.end, end)
    if layout.comment(before.end, head) is None:
        yield Splice(before.end, end, "")
        return
    if comma is not None and comma != head:
        yield Splice(comma, comma + 1, "")
    start = entry_lines.first_line_removed(layout.lines, head, before.end)
    yield Splice(*_whole_lines(layout, start, head, end), "")


def _whole_lines(layout: Layout, start: int, head: int, end: int) -> tuple[int, int]:
    """Return the complete lines from `start` if they have no other entry, else `head` to `end`."""
    lines = layout.lines
    if lines.begins(head) and end == lines.end(end):
        return start, lines.after(end)
    return head, end


def replace(entry: LayoutEntry, value: JSON) -> Iterator[Splice]:
    """Yield the splices that give an entry another value."""
    old = entry.value
    quote = habit(old, flow=True)
    text = scalar(value, flow=True, quote=quote) if isinstance(value, str) else flow(value)
    if old.end > old.start:
        yield Splice(old.start, old.end, text)
    else:
        colon = " " if entry.has_colon else ": "
        yield Splice(entry.after, max(old.end, entry.after), colon + text)
