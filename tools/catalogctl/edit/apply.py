"""Turn one step of a change into splices of the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.edit import block, brackets
from catalogctl.edit.json_values import changed, value_at
from catalogctl.edit.layout import NodeKind
from catalogctl.edit.splices import Splice
from catalogctl.edit.steps import Put, Remove, Step
from catalogctl.source.document import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.edit.layout import Layout, LayoutEntry, LayoutNode
    from catalogctl.edit.steps import Path
    from catalogctl.jsontypes import JSON


def splices_for(layout: Layout, data: bytes, step: Step, order: Sequence[str]) -> Iterator[Splice]:
    """Yield the splices that apply one step to `data`; `order` is that of the document's fields.

    If the path leads through an alias, the complete changed value replaces the alias.
    """
    way = _way(layout.root, step.path)
    owner = way[-1].value if way else layout.root
    entry = owner.entry(step.path[-1])
    if isinstance(step, Put) and not step.inserts and entry is not None:
        yield from _replace(layout, [*way, entry], step.value)
    elif owner.kind is NodeKind.ALIAS or owner.is_pair:
        yield from _rewrite(layout, way, data, step)
    elif isinstance(step, Remove):
        yield from _take(layout, way, owner, step.path[-1])
    elif not owner.entries and way and _opens(layout, way):
        yield from _rewrite(layout, way, data, step)
    else:
        yield from _insert(layout, owner, step, order)


def _way(root: LayoutNode, path: Path) -> list[LayoutEntry]:
    """Return the entries that lead to the owner of a path's last name; an alias ends the way."""
    way: list[LayoutEntry] = []
    node = root
    for name in path[:-1]:
        entry = node.entry(name)
        if entry is None:
            break
        way.append(entry)
        node = entry.value
    return way


def _rewrite(layout: Layout, way: list[LayoutEntry], data: bytes, step: Step) -> Iterator[Splice]:
    """Yield the splices that rewrite the value at the end of a way as it is after the step."""
    value = changed(parse("", "", data).value, step)
    return _replace(layout, way, value_at(value, step.path[: len(way)]))


def _opens(layout: Layout, way: list[LayoutEntry]) -> bool:
    """Return whether an empty value may get its own lines: not in brackets, no comment inside."""
    value = way[-1].value
    inside = layout.comment(value.start, value.end) is not None
    return not inside and not _in_brackets(layout, way[:-1])


def _in_brackets(layout: Layout, way: list[LayoutEntry]) -> bool:
    """Return whether the value at the end of a way is written in brackets."""
    return (way[-1].value if way else layout.root).flow


def _replace(layout: Layout, way: list[LayoutEntry], value: JSON) -> Iterator[Splice]:
    if _in_brackets(layout, way[:-1]):
        return brackets.replace(way[-1], value)
    return block.replace(layout, way[-1], value)


def _take(
    layout: Layout, way: list[LayoutEntry], owner: LayoutNode, name: str | int
) -> Iterator[Splice]:
    names = [entry.name for entry in owner.entries]
    if name not in names:
        return  # the parser reads the text differently from YAML 1.2: the final check fails
    at = names.index(name)
    if owner.flow:
        yield from brackets.remove(layout, owner, at)
    elif len(owner.entries) > 1:
        yield from block.remove(layout, owner, at)
    elif way:
        yield from block.empty(layout, way[-1])
    else:
        yield Splice(owner.start, owner.end, "{}")


def _insert(layout: Layout, owner: LayoutNode, step: Put, order: Sequence[str]) -> Iterator[Splice]:
    name = step.path[-1]
    at = name if isinstance(name, int) else len(owner.entries)
    if owner is layout.root and name in order:
        at = _canonical_place(owner, order, order.index(name))
    key = name if isinstance(name, str) else None
    if owner.flow:
        return brackets.insert(layout, owner, at, key, step.value)
    return block.insert(layout, owner, at, key, step.value)


def _canonical_place(root: LayoutNode, order: Sequence[str], rank: int) -> int:
    """Return the place after the nearest field that precedes this rank in the order of fields."""
    ranks = {
        order.index(entry.name): number
        for number, entry in enumerate(root.entries)
        if entry.name in order
    }
    before = [each for each in ranks if each < rank]
    return ranks[max(before)] + 1 if before else 0
