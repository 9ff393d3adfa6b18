"""Read and change a JSON value at a path."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from catalogctl import json_pointer
from catalogctl.edit.steps import Put
from catalogctl.errors import ApiError
from catalogctl.source.strict_yaml import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from catalogctl.edit.steps import Path, Step
    from catalogctl.jsontypes import JSON, JSONObject


LONGEST = 9
"""Limit of the digits of an element's index: no file has room for more elements."""


def place_for(
    current: JSON, names: Sequence[str], value: JSON, lists: Collection[str] = ()
) -> tuple[Path, JSON]:
    """Return the path of the value to change, and the new value for it.

    If the path ends early, at a missing value or null, mappings are created for the rest, but a
    list at one of the pointers in `lists` and before a "-". Raise ApiError if the path leads into a
    scalar.
    """
    _refuse_deep(names)
    path: Path = ()
    for number, name in enumerate(names):
        rest = names[number + 1 :]
        if isinstance(current, dict):
            path = (*path, name)
            if current.get(name) is None:
                if rest and json_pointer.join(path) in lists:
                    _index(rest[0], 0, path)
                    rest = ["-", *rest[1:]]
                return path, _nested(rest, value)
            current = current[name]
        elif isinstance(current, list):
            index = _index(name, len(current), path)
            path = (*path, index)
            if index == len(current):
                return path, _nested(rest, value)
            current = current[index]
        else:
            what = "text" if isinstance(current, str) else "not a mapping"
            where = json_pointer.join(path)
            message = f"{where} is {what} and has no {name!r}"
            raise ApiError("ERROR_INVALID_PARAMETER", message, where)
    if not path:
        raise ApiError("ERROR_INVALID_PARAMETER", "name a field", "")
    return path, value


def _nested(names: Sequence[str], value: JSON) -> JSON:
    for name in reversed(names):
        value = [value] if name == "-" else {name: value}
    return value


def _refuse_deep(names: Sequence[str]) -> None:
    """Raise ApiError if a pointer has more levels than any value may have."""
    if len(names) > MAX_DEPTH:
        where = json_pointer.join(names[:1])
        message = f"{where} can't have {len(names)} levels: more than {MAX_DEPTH} are not allowed"
        raise ApiError("ERROR_INVALID_PARAMETER", message, where)


def _index(name: str, length: int, path: Path) -> int:
    """Return the index of an element, or for "-" that of the place after the last one.

    Raise ApiError if the name is no valid index.
    """
    if name == "-":
        return length
    if not _is_number(name) or int(name) > length:
        where = json_pointer.join(path)
        message = f"{where} is a list of {length}: {name!r} is not a number from 0 to {length}"
        raise ApiError("ERROR_INVALID_PARAMETER", message, where)
    return int(name)


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= LONGEST


def existing(current: JSON, names: Sequence[str], pointer: str) -> Path:
    """Return the path of an existing value. Raise ApiError if there is none."""
    _refuse_deep(names)
    path: Path = ()
    for name in names:
        if isinstance(current, dict) and name in current:
            path, current = (*path, name), current[name]
        elif isinstance(current, list) and _is_number(name) and int(name) < len(current):
            path, current = (*path, int(name)), current[int(name)]
        else:
            message = f"there is nothing at {json_pointer.join((*path, name))}"
            raise ApiError("ERROR_INVALID_PARAMETER", message, pointer)
    if not path:
        raise ApiError("ERROR_INVALID_PARAMETER", "name a field", pointer)
    return path


def value_at(value: JSON, path: Path) -> JSON:
    """Return the value at a path, or None if it does not exist yet."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
    return value


def is_there(value: JSON, path: Path) -> bool:
    """Return whether there is a member or an element at a path."""
    owner, name = value_at(value, path[:-1]), path[-1]
    if isinstance(owner, list):
        return isinstance(name, int) and name < len(owner)
    return isinstance(owner, dict) and name in owner


def changed(value: JSONObject, step: Step) -> JSONObject:
    """Return a copy of a value with a step applied; parts that aliases share are copied, too."""
    result: JSONObject = json.loads(json.dumps(value))
    owner, name = value_at(result, step.path[:-1]), step.path[-1]
    if isinstance(owner, dict) and isinstance(step, Put):
        owner[str(name)] = step.value
    elif isinstance(owner, dict):
        owner.pop(str(name), None)
    elif isinstance(owner, list) and isinstance(name, int):
        behind = name if isinstance(step, Put) and step.inserts else name + 1
        owner[name:behind] = [step.value] if isinstance(step, Put) else []
    return result
