"""Find the members in which two effective requests differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.json_pointer import child, split
from catalogctl.jsontypes import is_same_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject


class FieldChange(NamedTuple):
    """One member that differs between two objects; None if it is absent."""

    pointer: str
    before: JSON
    after: JSON

    @property
    def field(self) -> str:
        """The top-level field that contains the member."""
        return split(self.pointer)[0]


def field_changes(before: JSONObject, after: JSONObject) -> tuple[FieldChange, ...]:
    """Return the differences by pointer; lists, and added or removed members, are one value."""
    return tuple(sorted(_differing("", before, after), key=lambda each: each.pointer))


def _differing(pointer: str, before: JSONObject, after: JSONObject) -> Iterator[FieldChange]:
    for name in before.keys() | after.keys():
        one, other = before.get(name), after.get(name)
        place = child(pointer, name)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _differing(place, one, other)
        elif (name in before) != (name in after) or not is_same_json(one, other):
            yield FieldChange(place, one, other)
