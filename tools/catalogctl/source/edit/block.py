"""An entry of a block collection and what shall become of it in, splices of the text out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.source.edit import comments
from catalogctl.source.edit.layout import (
    Kind,
    break_before,
    column,
    line_end,
    line_start,
    next_line,
    starts_line,
)
from catalogctl.source.edit.scalars import habit, scalar
from catalogctl.source.edit.splices import Splice
from catalogctl.source.edit.writing import (
    Steps,
    element_lines,
    ends_line,
    flow,
    indented,
    member_lines,
    parts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON
    from catalogctl.source.edit.layout import Entry, Layout, Node


def insert(  # noqa: PLR0913, PLR0917  (where, what, and how it is written)
    layout: Layout, owner: Node, at: int, name: str | None, value: JSON, steps: Steps
) -> Iterator[Splice]:
    """Yield what puts an entry before the `at`-th; `name` None makes an element of a list."""
    text, across = layout.text, column(layout.text, owner.entries[0].start)
    made = element_lines(value, steps, across)
    lines = list(made if name is None else member_lines(name, value, steps, across))
    if at > 0:
        where = comments.last_line(text, owner.entries[at - 1], across)
        yield _lines_at(layout, where, indented(lines, across), value)
        return
    first = owner.entries[0]
    if starts_line(text, first.start):
        where = comments.first_line(text, first, across, 0)
        yield _lines_at(layout, where, indented(lines, across), value)
    else:
        head, *rest = [*lines, ""]
        below = layout.newline.join([head, *indented(rest[:-1], across), " " * across])
        yield Splice(first.start, first.start, below)


def _lines_at(layout: Layout, where: int, lines: list[str], value: JSON) -> Splice:
    """Return lines put in where a line begins.

    A last line without its break stays so, unless the break belongs to the value.
    """
    text, newline = layout.text, layout.newline
    block = newline.join(lines)
    if where == len(text) and text and not text.endswith(("\n", "\r")):
        return Splice(where, where, newline + block + (newline if ends_line(value) else ""))
    return Splice(where, where, block + newline)


def remove(layout: Layout, owner: Node, at: int) -> Iterator[Splice]:
    """Yield what takes the `at`-th entry out, with its comments; another one stays behind."""
    text, entry, across = (
        layout.text,
        owner.entries[at],
        column(layout.text, owner.entries[0].start),
    )
    if not starts_line(text, entry.start):
        yield Splice(entry.start, owner.entries[at + 1].start, "")
        return
    floor = owner.entries[at - 1].end if at else 0
    start = comments.first_line(text, entry, across, floor)
    end = comments.last_line(text, entry, across)
    if _is_blank(text, end):
        start = max(comments.blank_lines_before(text, start), next_line(text, floor) if at else 0)
    if end == len(text) and not text.endswith(("\n", "\r")) and not _ends_line(owner, at):
        start -= break_before(text, start)
    yield Splice(start, end, "")


def _ends_line(owner: Node, at: int) -> bool:
    """Tell whether what stands above an entry is a block of text with its last line break."""
    if at == 0:
        return False
    leaf = owner.entries[at - 1].value
    while leaf.entries and not leaf.flow:
        leaf = leaf.entries[-1].value
    return leaf.style in ("|", ">") and leaf.text.endswith("\n")


def _is_blank(text: str, at: int) -> bool:
    """Tell whether a blank line, or the end of the text, is at a line's start."""
    return not text[at : line_end(text, at)].strip()


def replace(layout: Layout, entry: Entry, value: JSON, steps: Steps) -> Iterator[Splice]:
    """Yield what gives an entry another value; the comment on its line stays."""
    text, old = layout.text, entry.value
    across = column(text, entry.start)
    head, body = _written(entry, value, steps, across)
    below = indented(body, across)
    on_the_line = line_start(text, old.start) == line_start(text, entry.after)
    if old.is_block and not on_the_line:
        yield Splice(entry.after, entry.after, head)
        start = next_line(text, entry.after)
        end = comments.last_line(text, old.entries[-1], across)
        yield from _lines_instead(layout, start, end, below, value)
        return
    keeps_place = bool(head) and not old.is_block and old.end > old.start and entry.has_colon
    start = old.start if keeps_place else entry.after
    end = header = max(old.end, entry.after)
    if (indicator := _INDICATOR.match(text, old.start)) and old.style in ("|", ">"):
        header = indicator.end()
        yield Splice(line_end(text, header), end, "")
    if not head and not text[header : line_end(text, header)].strip():
        header = line_end(text, header)
    colon = "" if entry.has_colon else ":"
    yield Splice(start, header, colon + (head[1:] if keeps_place else head))
    if below:
        yield _lines_at(layout, next_line(text, end), below, value)


_INDICATOR = re.compile(r"[|>][-+0-9]*")


def _lines_instead(
    layout: Layout, start: int, end: int, lines: list[str], value: JSON
) -> Iterator[Splice]:
    """Yield what puts lines in the place of whole lines."""
    text, newline = layout.text, layout.newline
    block = newline.join(lines)
    if end < len(text) or text.endswith(("\n", "\r")):
        yield Splice(start, end, block + newline if lines else "")
    elif lines:
        yield Splice(start, end, block + (newline if ends_line(value) else ""))
    else:
        yield Splice(start - break_before(text, start), end, "")


def _written(entry: Entry, value: JSON, steps: Steps, across: int) -> tuple[str, list[str]]:
    """Return what follows the indicator and the lines below, in the old value's manner."""
    old = entry.value
    if isinstance(value, dict | list):
        if old.flow and old.entries:
            return f" {flow(value)}", []
        if value and entry.key is None:
            first, *rest = element_lines(value, steps, across)
            return first[1:], rest
        return parts(value, steps, across)
    quote = habit(old)
    keeps_line = old.kind is Kind.SCALAR and old.style not in ("|", ">") and old.end > old.start
    if isinstance(value, str) and quote and "\n" not in value:
        return f" {scalar(value, quote=quote)}", []
    key = scalar(str(entry.name)) if entry.key is not None else ""
    return parts(value, steps, across, key=key, fold=not keeps_line)
