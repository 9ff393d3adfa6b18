"""The text of a request in, JSON or YAML; the request as a value out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from catalogctl.calls.refusing import RefusedError
from catalogctl.errors import ApiError, UsageError
from catalogctl.source.document import parse
from catalogctl.source.folder import MAX_YAML_SIZE

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

MAX_REQUEST_SIZE = 4 * MAX_YAML_SIZE


def read_request(name: str, data: bytes) -> tuple[JSONObject, bool]:
    """Return the request that a text holds, and whether the text is YAML.

    `name` is the file's, for messages. JSON is what the API's own clients send; everything else
    is read as strictly as a plugin file. ApiError, RefusedError with the places in the text.
    """
    if len(data) > MAX_REQUEST_SIZE:
        raise UsageError(f"{name} has more than {MAX_REQUEST_SIZE} bytes: that is no request")
    value = _json(data)
    if value is not None:
        if not isinstance(value, dict):
            raise ApiError("ERROR_INVALID_PARAMETER", f"{name} holds no object")
        return value, False
    document = parse(name, "request", data)
    if document.problems:
        raise RefusedError(document.problems, {name: data})
    return document.value, True


class _NotStrictError(ValueError):
    """JSON that two readers may understand differently."""


def _json(data: bytes) -> JSON:
    """Return what JSON text holds; None when the text is no JSON."""
    try:
        value: JSON = json.loads(data, object_pairs_hook=_once, parse_constant=_no_number)
    except _NotStrictError as error:
        raise ApiError("ERROR_INVALID_PARAMETER", str(error)) from None
    except (ValueError, RecursionError):
        return None
    return value


def _once(pairs: list[tuple[str, Any]]) -> JSONObject:
    """Return an object of its members; none may be there twice."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _NotStrictError(f'"{twice}" stands twice in one object')
    return members


def _no_number(text: str) -> NoReturn:
    raise _NotStrictError(f"{text} is no number in JSON")


def read_value(text: str) -> JSON:
    """Return the value that a text on the command line stands for: JSON, else the text itself."""
    try:
        value: JSON = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text
    return value


def pointer_of(path: str) -> str:
    """Return the pointer of a path such as `tags.icon`; a path that begins with "/" is one."""
    if path.startswith("/"):
        return path
    steps = path.split(".")
    if not all(steps):
        raise UsageError(f"{path!r} is no path: write tags.icon, or a pointer such as /tags/a.b")
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)
