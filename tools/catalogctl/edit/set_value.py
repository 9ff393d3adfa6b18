"""Set or remove one value of a file, and check that nothing else has changed."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

import yaml

from catalogctl import json_pointer
from catalogctl.edit.apply import splices_for
from catalogctl.edit.json_values import changed, existing, is_there, place_for, value_at
from catalogctl.edit.layout import read_layout
from catalogctl.edit.reorder import reordered
from catalogctl.edit.splices import spliced
from catalogctl.edit.steps import Put, Remove, Step, steps
from catalogctl.errors import ApiError
from catalogctl.jsontypes import is_same_json
from catalogctl.source.document import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.source.document import Document


MOST_READ = 2 * 1024 * 1024
"""Limit of the bytes that an edit reads again, once for each member that it adds or removes.

Beyond it, the edited value is rewritten completely, without its comments.
"""


def set_value(
    data: bytes,
    pointer: str,
    value: JSON,
    *,
    order: Sequence[str] = (),
    lists: Collection[str] = (),
) -> bytes:
    """Return the file with another value at a pointer; missing parents are created.

    "-" as the last name appends to a list (RFC 6901); `lists` are the pointers where a list is
    created instead of a mapping. A new field of the document goes to its place in `order`, any
    other new member to the end. Raise ApiError if the pointer leads into a text or a number, or if
    the value can't be written.
    """
    current = _read(data)
    put = Put(*place_for(current, json_pointer.split(pointer), value, lists))
    expected = changed(current, put)
    plan: list[Step] = [put]
    if is_there(current, put.path):
        data, current = _in_order(data, current, put)
        smaller = list(steps(put.path, value_at(current, put.path), put.value))
        size = len(data) + len(json.dumps(put.value))
        if size * sum(not _replaces(current, step) for step in smaller) <= MOST_READ:
            plan = smaller
    return _checked(_edited(data, current, plan, order), expected, pointer)


def unset_value(data: bytes, pointer: str) -> bytes:
    """Return the file without the value at a pointer. Raise ApiError if there is none."""
    current = _read(data)
    take = Remove(existing(current, json_pointer.split(pointer), pointer))
    return _checked(_edited(data, current, [take], ()), changed(current, take), pointer)


@lru_cache(maxsize=2)
def _parsed(data: bytes) -> Document:
    """Parse a file; cached, because the next edit begins with what the last one checked."""
    return parse("", "", data)


def _read(data: bytes) -> JSONObject:
    document = _parsed(data)
    if document.problems:
        first = document.problems[0]
        raise ApiError("ERROR_INVALID_PARAMETER", f"line {first.line}: {first.message}")
    return document.value


def _in_order(data: bytes, current: JSONObject, put: Put) -> tuple[bytes, JSONObject]:
    """Return the file and its value with lists in their new order, unless moving changes more."""
    moved, value = reordered(data, current, put)
    document = _parsed(moved)
    if document.problems or not is_same_json(document.value, value):
        return data, current
    return moved, value


def _checked(data: bytes, expected: JSONObject, pointer: str) -> bytes:
    """Return the edited file. Raise ApiError unless its value is `expected`."""
    document = _parsed(data)
    if document.problems:
        message = f"this value can't be written at {pointer}: {document.problems[0].message}"
        raise ApiError("ERROR_INVALID_PARAMETER", message, pointer)
    if not is_same_json(document.value, expected):
        message = f"{pointer} can't be changed without changing something else"
        hint = "edit the file by hand: an alias, or an unusual way to write, is in the way"
        raise ApiError("ERROR_INVALID_PARAMETER", message, pointer, hint=hint)
    return data


def _replaces(current: JSONObject, step: Step) -> bool:
    """Return whether a step replaces an existing value."""
    return isinstance(step, Put) and not step.inserts and is_there(current, step.path)


def _edited(data: bytes, current: JSONObject, plan: Sequence[Step], order: Sequence[str]) -> bytes:
    """Return the file, whose value is `current`, with all steps applied.

    First come steps whose path leads through an alias, which is replaced by a value of its own;
    then, all at once, those that only replace a value; then the others, one by one.
    """
    root = read_layout(data).root
    shared = [step for step in plan if root.is_shared(step.path)]
    own = [step for step in plan if not root.is_shared(step.path)]
    at_once = [step for step in own if _replaces(current, step)]
    others = [step for step in own if not _replaces(current, step)]
    for group in (*([step] for step in shared), at_once, *([step] for step in others)):
        try:
            layout = read_layout(data)
        except yaml.YAMLError:  # an alias has lost its anchor, or the syntax is unusual
            return data
        splices = [splice for step in group for splice in splices_for(layout, data, step, order)]
        data = layout.encode(spliced(layout.text, splices))
    return data
