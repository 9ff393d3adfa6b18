"""Change entries of block collections by splices of the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.edit import entry_lines
from catalogctl.edit.layout import NodeKind
from catalogctl.edit.scalar_text import habit, scalar
from catalogctl.edit.splices import Splice
from catalogctl.edit.yaml_lines import (
    element_lines,
    ends_line,
    flow,
    indented,
    member_lines,
    parts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.edit.layout import Layout, LayoutEntry, LayoutNode
    from catalogctl.edit.yaml_lines import Indents
    from catalogctl.jsontypes import JSON


def insert(
    layout: Layout, owner: LayoutNode, at: int, name: str | None, value: JSON
) -> Iterator[Splice]:
    """Yield the splices that insert an entry before the `at`-th; a list element has no `name`."""
    lines, first = layout.lines, owner.entries[0]
    across = lines.column(first.start)
    entry = list(
        element_lines(value, layout.indents, across)
        if name is None
        else member_lines(name, value, layout.indents, across)
    )
    if at > 0:
        where = entry_lines.last_line(lines, owner.entries[at - 1], across)
        yield _whole_lines(layout, where, where, indented(entry, across), value)
    elif lines.begins(first.start):
        where = entry_lines.first_line(lines, first.start, 0)
        yield _whole_lines(layout, where, where, indented(entry, across), value)
    else:
        head, *rest = entry
        below = lines.newline.join([head, *indented(rest, across), " " * across])
        yield Splice(first.start, first.start, below)


def _whole_lines(layout: Layout, start: int, end: int, lines: list[str], value: JSON) -> Splice:
    """Return the splice that replaces complete lines, or inserts them if `start` == `end`.

    A last line without a line break stays so, unless the break belongs to the value.
    """
    text, newline = layout.text, layout.lines.newline
    if end < len(text) or not text or text.endswith(("\n", "\r")):
        return Splice(start, end, "".join(line + newline for line in lines))
    if not lines:
        return Splice(start - layout.lines.break_before(start), end, "")
    before = newline if start == len(text) else ""
    after = newline if ends_line(value) else ""
    return Splice(start, end, before + newline.join(lines) + after)


def remove(layout: Layout, owner: LayoutNode, at: int) -> Iterator[Splice]:
    """Yield the splices that remove the `at`-th entry, one of several, with its comments."""
    entry = owner.entries[at]
    if layout.lines.begins(entry.start):
        before = owner.entries[at - 1] if at else None
        yield Splice(*_own_lines(layout, entry, before), "")
    else:
        yield Splice(entry.start, owner.entries[at + 1].start, "")


def _own_lines(layout: Layout, entry: LayoutEntry, before: LayoutEntry | None) -> tuple[int, int]:
    """Return where the lines of an entry begin and end, including its comments.

    Blank lines above it are included if others follow it. Blank lines after it are included if they
    would become part of a text: of a block above that keeps the blank lines at its end ("|+").
    """
    lines = layout.lines
    across = lines.column(entry.start)
    start = entry_lines.first_line_removed(lines, entry.start, before.end if before else 0)
    end = entry_lines.last_line(lines, entry, across)
    if before is not None and before.value.last_leaf.keeps:
        return start, entry_lines.blank_lines_after(lines, end)
    if lines.is_blank(end):
        floor = lines.after(before.end) if before else 0
        start = max(entry_lines.blank_lines_before(lines, start), floor)
    if end == len(lines.text) and not lines.text.endswith(("\n", "\r")) and not _ends_line(before):
        start -= lines.break_before(start)
    return start, end


def _ends_line(before: LayoutEntry | None) -> bool:
    """Return whether the entry above ends with a block scalar that has its last line break."""
    leaf = before.value.last_leaf if before else None
    return leaf is not None and leaf.style in ("|", ">") and leaf.text.endswith("\n")


def empty(layout: Layout, entry: LayoutEntry) -> Iterator[Splice]:
    """Yield the splices that remove the only entry of an entry's value; all else there stays."""
    lines, owner = layout.lines, entry.value
    only = owner.entries[0]
    brackets = "{}" if owner.kind is NodeKind.MAPPING else "[]"
    if not lines.begins(only.start):  # it follows the dash of its owner
        end = entry_lines.end_beside(layout, only.end, len(lines.text))
        yield Splice(only.start, end, brackets)
        return
    anchor = _ANCHOR.match(lines.text, owner.start)
    at = anchor.end() if anchor and owner.start < lines.end(entry.after) else entry.after
    yield Splice(at, at, f" {brackets}")
    yield Splice(*_own_lines(layout, only, None), "")


def replace(layout: Layout, entry: LayoutEntry, value: JSON) -> Iterator[Splice]:
    """Yield the splices that give an entry another value; the comment on its line stays."""
    lines, old = layout.lines, entry.value
    across = lines.column(entry.start)
    head, body = _written(entry, value, layout.indents, across)
    if (
        isinstance(value, str)
        and body
        and entry_lines.last_line(lines, entry, across) > lines.after(entry.end)
    ):  # comments inside the entry would become part of the block scalar
        head, body = f" {scalar(value)}", []
    below = indented(body, across)
    if old.is_block and not lines.share(old.start, entry.after):
        yield Splice(entry.after, entry.after, head)
        start = lines.after(entry.after)
        end = entry_lines.last_line(lines, old.entries[-1], across)
        yield _whole_lines(layout, start, end, below, value)
        return
    keeps_place = bool(head) and not old.is_block and old.end > old.start and entry.has_colon
    start = old.start if keeps_place else entry.after
    end = header = max(old.end, entry.after)
    if (indicator := _INDICATOR.match(layout.text, old.start)) and old.style in ("|", ">"):
        header = indicator.end()
        yield Splice(lines.end(header), end, "")
    if not head and not layout.text[header : lines.end(header)].strip():
        header = lines.end(header)
    colon = "" if entry.has_colon else ":"
    yield Splice(start, header, colon + (head[1:] if keeps_place else head))
    if below:
        yield _whole_lines(layout, lines.after(end), lines.after(end), below, value)


_ANCHOR = re.compile(r"&[^\s,\[\]{}]+")
_INDICATOR = re.compile(r"[|>][-+0-9]*")


def _written(entry: LayoutEntry, value: JSON, steps: Indents, across: int) -> tuple[str, list[str]]:
    """Return what follows the indicator and the lines below it, in the old value's style."""
    old = entry.value
    if isinstance(value, dict | list):
        if old.flow and old.entries:
            return f" {flow(value)}", []
        if value and entry.key is None:
            first, *rest = element_lines(value, steps, across)
            return first[1:], rest
        return parts(value, steps, across)
    quote = habit(old)
    keeps_line = old.kind is NodeKind.SCALAR and old.style not in ("|", ">") and old.end > old.start
    if isinstance(value, str) and quote and "\n" not in value:
        return f" {scalar(value, quote=quote)}", []
    key = scalar(str(entry.name)) if entry.key is not None else ""
    return parts(value, steps, across, key=key, fold=not keeps_line)
