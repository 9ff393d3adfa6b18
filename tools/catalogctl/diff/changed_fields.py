"""Two effective requests in; out, the members that differ, by pointer, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.json_pointer import child, split
from catalogctl.model.state_calls import same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject


class Difference(NamedTuple):
    """One member that two objects have otherwise; None stands for one that is not there."""

    pointer: str
    before: JSON
    after: JSON

    @property
    def field(self) -> str:
        """The top-level field that the member is in."""
        return split(self.pointer)[0]


def differences(before: JSONObject, after: JSONObject) -> tuple[Difference, ...]:
    """Return what differs, sorted by pointer; a list is one value."""
    return tuple(sorted(_differing("", before, after), key=lambda each: each.pointer))


def whole(request: JSONObject, *, added: bool) -> tuple[Difference, ...]:
    """Return every field of a request that was added, or taken away."""
    return tuple(
        Difference(f"/{name}", None, value) if added else Difference(f"/{name}", value, None)
        for name, value in sorted(request.items())
    )


def _differing(pointer: str, before: JSONObject, after: JSONObject) -> Iterator[Difference]:
    for name in before.keys() | after.keys():
        one, other = before.get(name), after.get(name)
        place = child(pointer, name)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _differing(place, one, other)
        elif (name in before) != (name in after) or not same(one, other):
            yield Difference(place, one, other)
