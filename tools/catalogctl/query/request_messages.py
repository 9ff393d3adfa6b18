"""Read messages that have the API's shape; anything else is ERROR_INVALID_PARAMETER.

The shapes are those of query spec 2. A message keeps the given members under their long names. A
member with its proto3 default counts as not given, except in aliased members, `limit`, `skip` and
`value`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from catalogctl.did_you_mean import did_you_mean
from catalogctl.json_pointer import child
from catalogctl.query.json_check import check
from catalogctl.query.message_shapes import SHAPES, Member, ShapeKind
from catalogctl.query.query_errors import invalid
from catalogctl.wording import json_kind, listed, quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject


@dataclass(frozen=True, slots=True)
class Message:
    """The given members of one message by long name, and the place of each in the request."""

    pointer: str
    members: Mapping[str, MemberValue]
    places: Mapping[str, str]

    def place(self, name: str) -> str:
        """Return the pointer of a member as the request spells it, or of the message without it."""
        return self.places.get(name, self.pointer)

    def has(self, name: str) -> bool:
        """Return whether a member is given."""
        return name in self.members

    def text(self, name: str) -> str | None:
        """Return a string member, or None if it is not given."""
        value = self.members.get(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str) -> bool:
        """Return a boolean member, or false if it is not given."""
        return self.members.get(name) is True

    def whole(self, name: str) -> int | None:
        """Return a whole-number member, or None if it is not given."""
        value = self.members.get(name)
        return value if isinstance(value, int) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the strings of a list member."""
        value = self.members.get(name)
        found = value if isinstance(value, list) else []
        return tuple(text for text in found if isinstance(text, str))

    def value(self, name: str) -> JSON:
        """Return a member of any JSON type as it was given, or null if it is not given."""
        value = self.members.get(name)
        return None if isinstance(value, (Message, tuple)) else value

    def one(self, name: str) -> Message | None:
        """Return a member that is a message, or None if it is not given."""
        value = self.members.get(name)
        return value if isinstance(value, Message) else None

    def many(self, name: str) -> tuple[Message, ...]:
        """Return a member that is a list of messages."""
        value = self.members.get(name)
        return value if isinstance(value, tuple) else ()


MemberValue: TypeAlias = "JSON | Message | tuple[Message, ...]"


def read(request: JSON, shape: str) -> Message:
    """Return a request as a message of a shape; raise ApiError if it has another one (D-E1)."""
    return read_members(request, SHAPES[shape])


def read_members(request: JSON, members: Mapping[str, Member]) -> Message:
    """Return a request that may have these members; raise ApiError if it has another shape."""
    check(request)
    return _message(request, members, "")


def _message(value: JSON, shape: Mapping[str, Member], pointer: str) -> Message:
    if not isinstance(value, dict):
        raise invalid(f"{_called(pointer)} is {json_kind(value)}, not an object", pointer)
    members: dict[str, MemberValue] = {}
    places: dict[str, str] = {}
    spellings = _spellings(shape)
    for spelled, given in value.items():
        place = child(pointer, spelled)
        if spelled not in spellings:
            hint = did_you_mean(spelled, spellings, f"the members are {listed(shape)}")
            raise invalid(f"{_called(pointer)} has no member {quote(spelled)}", place, hint)
        name, member = spellings[spelled]
        if name in places:
            what = f'{_called(pointer)} has "{name}" and "{member.short}"'
            raise invalid(what, place, "give one")
        places[name] = place
        parsed = _member(given, member, place)
        if not _is_default(parsed, member):
            members[name] = parsed
    if shape is SHAPES["Stage"] and len(members) > 1:
        raise invalid(f"a stage is {listed(shape)}, not several at once", pointer)
    return Message(pointer, members, places)


def _spellings(members: Mapping[str, Member]) -> dict[str, tuple[str, Member]]:
    return {name: (name, member) for name, member in members.items()} | {
        member.short: (name, member) for name, member in members.items() if member.short
    }


def _member(value: JSON, member: Member, pointer: str) -> MemberValue:
    """Return the value of a member; null means its default, except in a member of any type."""
    if value is None or member.kind is ShapeKind.ANY:
        return value
    if member.kind is ShapeKind.ONE:
        return _message(value, SHAPES[member.shape], pointer)
    if member.kind is ShapeKind.MANY and isinstance(value, list):
        return tuple(
            _message(element, SHAPES[member.shape], child(pointer, position))
            for position, element in enumerate(value)
        )
    if member.kind is ShapeKind.TEXTS and isinstance(value, list):
        for position, element in enumerate(value):
            if not isinstance(element, str):
                place = child(pointer, position)
                raise invalid(f"{_called(place)} is {json_kind(element)}, not a string", place)
        return value
    return _scalar(value, member, pointer)


def _scalar(value: JSON, member: Member, pointer: str) -> JSON:
    if member.kind in {ShapeKind.TEXT, ShapeKind.NAME} and isinstance(value, str):
        if value and member.words and value not in member.words:
            what = f"{_called(pointer)} is {quote(value)}, not {listed(member.words)}"
            raise invalid(what, pointer, did_you_mean(value, member.words))
        return value
    if member.kind is ShapeKind.FLAG and isinstance(value, bool):
        return value
    shown, takes_number = json_kind(value), member.kind in {ShapeKind.WHOLE, ShapeKind.COUNT}
    if takes_number and isinstance(value, (int, float)) and not isinstance(value, bool):
        if value == int(value) and (member.kind is ShapeKind.WHOLE or value >= 0):
            return int(value)
        shown = str(value)
    raise invalid(f"{_called(pointer)} is {shown}, not {member.kind.value}", pointer)


def _is_default(value: MemberValue, member: Member) -> bool:
    if member.kind is ShapeKind.ANY:
        return False
    if value is None:
        return True
    if member.kind in {ShapeKind.NAME, ShapeKind.WHOLE, ShapeKind.ONE}:
        return False
    return not value or (bool(member.words) and value == member.words[-1])


def _called(pointer: str) -> str:
    """Return the name of the value at a pointer for a message."""
    return pointer.removeprefix("/").replace("/", ".") or "the request"


def to_json(message: Message) -> JSONObject:
    """Return a message as JSON with long names, omitting members that are empty messages."""
    found: JSONObject = {}
    for name, value in message.members.items():
        if isinstance(value, Message):
            inner = to_json(value)
            if inner:
                found[name] = inner
        elif isinstance(value, tuple):
            found[name] = [to_json(element) for element in value]
        else:
            found[name] = value
    return found
