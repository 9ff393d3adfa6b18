"""Bring the elements of lists into another order, each with its lines and its comments."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from typing import TYPE_CHECKING, NamedTuple

import yaml

from catalogctl.edit import entry_lines
from catalogctl.edit.json_values import value_at
from catalogctl.edit.layout import NodeKind, read_layout
from catalogctl.edit.splices import Splice, spliced
from catalogctl.edit.steps import matched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.edit.layout import Layout, LayoutNode
    from catalogctl.edit.steps import Path, Put
    from catalogctl.jsontypes import JSON, JSONObject


class ListOrder(NamedTuple):
    """The list at `path` gets the order of `indexes`, those that its elements have now."""

    path: Path
    indexes: list[int]


def reordered(data: bytes, current: JSONObject, put: Put) -> tuple[bytes, JSONObject]:
    """Return a file and its value, with lists without brackets in the order of their new values.

    Elements are moved if the new list has equal ones in another order. Whether the text still has
    the returned value is not checked.
    """
    orders = list(_orders(put.path, value_at(current, put.path), put.value))
    if not orders:
        return data, current
    try:
        layout = read_layout(data)
    except yaml.YAMLError:  # the syntax is unusual
        return data, current
    value: JSONObject = json.loads(json.dumps(current))
    splices: list[Splice] = []
    for path, indexes in orders:
        owner, elements = _owner(layout.root, path), value_at(value, path)
        if owner is None or not isinstance(elements, list):
            continue
        if all(layout.lines.begins(each.start) for each in owner.entries):
            splices.append(_in_order(layout, owner, indexes))
            elements[:] = [elements[index] for index in indexes]
    return layout.encode(spliced(layout.text, splices)), value


def _orders(path: Path, old: JSON, new: JSON) -> Iterator[ListOrder]:
    """Yield the lists whose elements have another order in the new value."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in old.keys() & new.keys():
            yield from _orders((*path, name), old[name], new[name])
    elif isinstance(old, list) and isinstance(new, list):
        indexes = _indexes(old, new)
        if indexes != sorted(indexes):
            yield ListOrder(path, indexes)


def _indexes(old: list[JSON], new: list[JSON]) -> list[int]:
    """Return the indexes of the old elements, those that stay in their new order.

    An element that does not stay follows the one that it follows now.
    """
    places: dict[int, int] = {}
    gone: dict[str, deque[int]] = defaultdict(deque)
    come: list[int] = []
    for tag, start, end, new_start, new_end in matched(old, new):
        if tag == "equal":
            places.update(zip(range(new_start, new_end), range(start, end), strict=True))
        else:
            come += range(new_start, new_end)
            for index in range(start, end):
                gone[_text(old[index])].append(index)
    for index in come:
        if equal := gone.get(_text(new[index])):
            places[index] = equal.popleft()
    staying = set(places.values())
    followers: dict[int, list[int]] = defaultdict(list)
    leader = -1
    for index in range(len(old)):
        leader = index if index in staying else leader
        followers[leader].append(index)
    leaders = [-1, *(places[index] for index in sorted(places))]
    return [index for leader in leaders for index in followers[leader]]


def _text(value: JSON) -> str:
    return json.dumps(value, sort_keys=True)


def _owner(node: LayoutNode, path: Path) -> LayoutNode | None:
    """Return the list at a path if it has no brackets and no alias leads to it, else None."""
    for name in path:
        entry = node.entry(name)
        if entry is None:
            return None
        node = entry.value
    return node if node.kind is NodeKind.SEQUENCE and not node.flow else None


def _in_order(layout: Layout, owner: LayoutNode, indexes: Sequence[int]) -> Splice:
    """Return the splice that brings the lines of a list's elements into another order."""
    lines, entries = layout.lines, owner.entries
    ends = [0, *(entry.end for entry in entries)]
    starts = [
        entry_lines.first_line(lines, entry.start, floor)
        for entry, floor in zip(entries, ends, strict=False)
    ]
    across = lines.column(entries[0].start)
    starts.append(entry_lines.last_line(lines, entries[-1], across))
    texts = [layout.text[starts[index] : starts[index + 1]] for index in indexes]
    whole = "".join(text if text.endswith(("\n", "\r")) else text + lines.newline for text in texts)
    if not layout.text[: starts[-1]].endswith(("\n", "\r")):
        whole = whole.removesuffix(lines.newline)
    return Splice(starts[0], starts[-1], whole)
