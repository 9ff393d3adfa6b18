"""Find the smallest steps that turn one JSON value into another."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from catalogctl.jsontypes import is_same_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

Path = tuple[str | int, ...]

MOST_COMPARED = 250_000
"""Limit of the pairs of elements that are compared to match two lists."""


@dataclass(frozen=True, slots=True)
class Put:
    """Set the value of the member or element at `path`, or add it if it does not exist.

    If `inserts`, the element is inserted before the one that has this index now.
    """

    path: Path
    value: JSON
    inserts: bool = False


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the member or element at `path`."""

    path: Path


Step = Put | Remove


def steps(path: Path, old: JSON, new: JSON) -> Iterator[Step]:
    """Yield the steps that turn one value into another; each applies to the result of the last one.

    Steps that replace a value may also be applied before all others.
    """
    if is_same_json(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _members(path, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _elements(path, old, new)
    else:
        yield Put(path, new)


def _members(path: Path, old: JSONObject, new: JSONObject) -> Iterator[Step]:
    """Yield the steps between two mappings; additions come before removals."""
    for name, value in new.items():
        if name in old:
            yield from steps((*path, name), old[name], value)
        else:
            yield Put((*path, name), value)
    for name in old:
        if name not in new:
            yield Remove((*path, name))


def _elements(path: Path, old: list[JSON], new: list[JSON]) -> Iterator[Step]:
    """Yield the steps between two lists, from end to start, so that indexes remain valid."""
    for tag, start, end, new_start, new_end in reversed(matched(old, new)):
        if tag == "equal":
            continue
        common = min(end - start, new_end - new_start)
        for index in range(end - 1, start + common - 1, -1):
            yield Remove((*path, index))
        for index in range(new_end - 1, new_start + common - 1, -1):
            yield Put((*path, start + common), new[index], inserts=True)
        for offset in range(common):
            number = start + offset
            yield from steps((*path, number), old[number], new[new_start + offset])


def matched(old: list[JSON], new: list[JSON]) -> list[tuple[str, int, int, int, int]]:
    """Return the operations between two lists, as `SequenceMatcher.get_opcodes` does.

    The common beginning and end are found directly; the rest is compared if it is short.
    """
    before, after = ([json.dumps(each, sort_keys=True) for each in side] for side in (old, new))
    shorter = min(len(before), len(after))
    head = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if before[~at] != after[~at]), rest)
    end, new_end = len(before) - tail, len(after) - tail
    if (end - head) * (new_end - head) > MOST_COMPARED:
        return [("replace", head, end, head, new_end)]
    matcher = SequenceMatcher(None, before[head:end], after[head:new_end], autojunk=False)
    return [
        (tag, head + a, head + b, head + c, head + d) for tag, a, b, c, d in matcher.get_opcodes()
    ]
