"""Two JSON values in, the smallest steps that make the second of the first out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

Path = tuple[str | int, ...]

MOST_STEPS = 64
"""Beyond so many steps a value is written anew instead."""


@dataclass(frozen=True, slots=True)
class Put:
    """Give the member or element at `path` a value; one that is not there yet is put in.

    With `inserts` the element is put before the one that has this number now.
    """

    path: Path
    value: JSON
    inserts: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """Take the member or element at `path` out."""

    path: Path


Step = Put | Take


def same(left: JSON, right: JSON, *, ordered: bool = False) -> bool:
    """Tell whether two values are the same: 4 and 4.0 are not, nor are 1 and true.

    The order of a mapping's members counts only if it is `ordered`.
    """
    return _text(left, ordered=ordered) == _text(right, ordered=ordered)


def _text(value: JSON, *, ordered: bool) -> str:
    return json.dumps(value, sort_keys=not ordered)


def steps(path: Path, old: JSON, new: JSON) -> list[Step]:
    """Return the steps that turn one value into the other, each for what the last one left."""
    found = list(_steps(path, old, new))
    return found if len(found) <= MOST_STEPS else [Put(path, new)]


def _steps(path: Path, old: JSON, new: JSON) -> Iterator[Step]:
    if same(old, new, ordered=True):
        return
    if isinstance(old, dict) and isinstance(new, dict) and _keeps_order(old, new):
        yield from _members(path, old, new)
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        yield from _elements(path, old, new)
    else:
        yield Put(path, new)


def _keeps_order(old: JSONObject, new: JSONObject) -> bool:
    """Tell whether new members follow the old ones, which stand in their order."""
    kept = [name for name in old if name in new]
    return bool(kept) and list(new)[: len(kept)] == kept


def _members(path: Path, old: JSONObject, new: JSONObject) -> Iterator[Step]:
    for name in old:
        if name not in new:
            yield Take((*path, name))
    for name, value in new.items():
        if name in old:
            yield from _steps((*path, name), old[name], value)
        else:
            yield Put((*path, name), value)


def _elements(path: Path, old: list[JSON], new: list[JSON]) -> Iterator[Step]:
    before, after = ([_text(each, ordered=True) for each in side] for side in (old, new))
    matched = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    kept = any(tag == "equal" for tag, *_ in matched)
    if not kept and len(old) != len(new):
        yield Put(path, new)
        return
    for tag, start, end, new_start, new_end in reversed(matched):
        if tag == "equal":
            continue
        common = min(end - start, new_end - new_start)
        for index in range(end - 1, start + common - 1, -1):
            yield Take((*path, index))
        for index in range(new_end - 1, new_start + common - 1, -1):
            yield Put((*path, start + common), new[index], inserts=True)
        for offset in range(common):
            number = start + offset
            yield from _steps((*path, number), old[number], new[new_start + offset])
