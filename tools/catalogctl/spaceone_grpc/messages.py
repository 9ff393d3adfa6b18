"""Convert values between JSON, as the tree has it, and the messages of SpaceONE's gRPC API.

Numbers in a Struct are doubles: 4 comes back as 4.0, which is the same value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import DecodeError, Message

from catalogctl import schemas

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

AnyMessage = TypeVar("AnyMessage", bound=Message)

_ALWAYS_THERE: dict[str, type] = {
    "registry_config": dict,
    "capability": dict,
    "template": dict,
    "labels": list,
    "tags": dict,
}
"""The fields of PluginInfo that a published one has even if they are empty, and their types."""


class UnfitValueError(ValueError):
    """A value has no form as a message, a message none as JSON, or bytes are not a message."""


def to_message(value: JSONObject, kind: type[AnyMessage]) -> AnyMessage:
    """Return a value as a message, without the fields that the message does not know.

    Raise UnfitValueError if a field has another type than in the message.
    """
    try:
        return ParseDict(value, kind(), ignore_unknown_fields=True)
    except (ParseError, ValueError, TypeError, RecursionError) as error:
        raise UnfitValueError(_one_line(error)) from error


def from_message(message: Message) -> JSONObject:
    """Return a message as JSON, without the fields that are at their defaults.

    Raise UnfitValueError if it contains a number that JSON does not have.
    """
    try:
        value: JSONObject = MessageToDict(message, preserving_proto_field_name=True)
    except (ValueError, RecursionError) as error:
        raise UnfitValueError(_one_line(error)) from error
    return value


def read_message(data: bytes, kind: type[AnyMessage]) -> AnyMessage:
    """Return the message in some bytes; raise UnfitValueError if they are not one."""
    message = kind()
    try:
        message.ParseFromString(data)
    except (DecodeError, RecursionError) as error:
        raise UnfitValueError(f"the bytes are not a {kind.DESCRIPTOR.name}") from error
    return message


def plugin_info(message: Message) -> JSONObject:
    """Return a PluginInfo message as a tree publishes it: its fields in the API's order.

    Raise UnfitValueError as `from_message` does.
    """
    found = from_message(message)
    for name, empty in _ALWAYS_THERE.items():
        found.setdefault(name, empty())
    return {name: found[name] for name in schemas.fields("PluginInfo") if name in found}


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
