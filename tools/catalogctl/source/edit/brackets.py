"""An entry of a collection in brackets and what shall become of it in, splices out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.source.edit.scalars import habit, scalar
from catalogctl.source.edit.splices import Splice
from catalogctl.source.edit.writing import flow, flow_member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON
    from catalogctl.source.edit.layout import Entry, Layout, Node


def insert(layout: Layout, owner: Node, at: int, name: str | None, value: JSON) -> Iterator[Splice]:
    """Yield what puts an entry before the `at`-th; `name` None makes an element of a list."""
    made = flow(value) if name is None else flow_member(name, flow(value))
    if not owner.entries:
        yield Splice(owner.start + 1, owner.start + 1, made)
    elif at == 0:
        first = owner.entries[0].start
        yield Splice(first, first, f"{made}, ")
    else:
        before = owner.entries[at - 1].end
        yield Splice(before, before, f",{_between(layout, owner, at)}{made}")


def _between(layout: Layout, owner: Node, at: int) -> str:
    """Return what stands between a comma and the next entry: a blank, or a line break."""
    text, entries = layout.text, owner.entries
    opening = text[owner.start + 1 : entries[0].start]
    gap = text[entries[at - 2].end : entries[at - 1].start] if at > 1 else opening
    found = re.search(r"(?:\r\n|\n|\r)[ ]*\Z", gap)
    return found.group() if found else " "


def remove(layout: Layout, owner: Node, at: int) -> Iterator[Splice]:
    """Yield what takes the `at`-th entry out, with the comma that divides it from the others."""
    entries, text = owner.entries, layout.text
    if at > 0:
        yield Splice(entries[at - 1].end, entries[at].end, "")
    elif len(entries) > 1:
        yield Splice(entries[0].start, entries[1].start, "")
    else:
        after = entries[0].end
        comma = re.compile(r"\s*,").match(text, after)
        yield Splice(entries[0].start, comma.end() if comma else after, "")


def replace(entry: Entry, value: JSON) -> Iterator[Splice]:
    """Yield what gives an entry another value."""
    old = entry.value
    quote = habit(old, flow=True)
    made = scalar(value, flow=True, quote=quote) if isinstance(value, str) else flow(value)
    if old.end > old.start:
        yield Splice(old.start, old.end, made)
    else:
        yield Splice(
            entry.after, max(old.end, entry.after), f" {made}" if entry.has_colon else f": {made}"
        )
