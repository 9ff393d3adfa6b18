"""Read requests in JSON or YAML, and values and paths from the command line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn

from catalogctl import json_pointer
from catalogctl.calls.planned_change import WriteRequest
from catalogctl.calls.settable_fields import is_text
from catalogctl.errors import ApiError, UsageError
from catalogctl.source.document import parse
from catalogctl.source.folder import MAX_YAML_SIZE
from catalogctl.source.yaml_scalars import LARGEST

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

MAX_REQUEST_SIZE = 4 * MAX_YAML_SIZE


def read_request(name: str, data: bytes) -> WriteRequest:
    """Return the request in a text.

    `name` is the file's name for messages. The API's own clients send JSON; everything else is
    read as strictly as a plugin file, and may have problems. Raise UsageError if the text is too
    large, and ApiError if it is JSON without an object.
    """
    if len(data) > MAX_REQUEST_SIZE:
        raise UsageError(f"{name} has more than {MAX_REQUEST_SIZE} bytes: that is not a request")
    value = _json(data)
    if value is not None:
        if not isinstance(value, dict):
            raise ApiError("ERROR_INVALID_PARAMETER", f"{name} holds no object")
        return WriteRequest(value)
    document = parse(name, "request", data)
    return WriteRequest(document.value, document)


class _NotStrictError(ValueError):
    """JSON that two readers may interpret differently."""


def _json(data: bytes) -> JSON:
    """Return the value of a JSON text; None if it is not JSON. Raise ApiError if ambiguous."""
    try:
        value: JSON = json.loads(data, object_pairs_hook=_once, parse_constant=_no_number)
    except _NotStrictError as error:
        raise ApiError("ERROR_INVALID_PARAMETER", str(error)) from None
    except (ValueError, RecursionError):
        return None
    return value


def _once(pairs: list[tuple[str, Any]]) -> JSONObject:
    """Return an object with the given members. Raise _NotStrictError if a name occurs twice."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _NotStrictError(f'"{twice}" occurs twice in one object')
    return members


def _no_number(text: str) -> NoReturn:
    raise _NotStrictError(f"{text} is not a number in JSON")


def read_value(text: str, pointer: str = "") -> JSON:
    """Return the value of a text from the command line at a pointer.

    A text field takes the text. Elsewhere, the text is JSON if writing it back gives the same text
    except for blanks between tokens (not so for 1.10, 1e5, or a long number), otherwise text.
    """
    if is_text(pointer):
        return text
    try:
        value: JSON = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_exact
        )
        written = {_written(value, is_ascii=is_ascii) for is_ascii in (False, True)}
    except (ValueError, RecursionError):
        return text
    return value if _without_blanks(text) in written else text


def is_json_taken_as_text(text: str, value: JSON, pointer: str) -> bool:
    """Return whether `read_value` took an apparent object, list, or string as text."""
    stripped = text.strip()
    looks_like_json = (stripped[:1], stripped[-1:]) in _AROUND and len(stripped) > 1
    return looks_like_json and value == text and not is_text(pointer)


_AROUND = {("{", "}"), ("[", "]"), ('"', '"')}
_STRING_OR_BLANKS = re.compile(r'("(?>(?:[^"\\]|\\.)*)"?)|[ \t\r\n]+')


def _written(value: JSON, *, is_ascii: bool) -> str:
    return json.dumps(value, ensure_ascii=is_ascii, separators=(",", ":"))


def _without_blanks(text: str) -> str:
    """Return JSON text without the blanks between its tokens."""
    return _STRING_OR_BLANKS.sub(lambda match: match.group(1) or "", text)


def _exact(text: str) -> int:
    """Return an integer that every JSON reader reads alike. Raise _NotStrictError if too large."""
    number = int(text)
    if abs(number) > LARGEST:
        raise _NotStrictError(f"{text} has too many digits")
    return number


def pointer_of(path: str) -> str:
    """Return the JSON pointer for a path such as `tags.icon`; "/tags/icon" is one already.

    Raise UsageError if the path has an empty step.
    """
    if path.startswith("/"):
        return path
    steps = path.split(".")
    if not all(steps):
        raise UsageError(f"{path!r} is not a path: write tags.icon, or a pointer such as /tags/a.b")
    return json_pointer.join(steps)
