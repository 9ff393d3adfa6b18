"""Read a query from a file or stdin: a bare query, or the file of a saved query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from yaml.events import ScalarEvent, StreamEndEvent

from catalogctl.cli.inputs import read_input
from catalogctl.errors import ApiError
from catalogctl.source.document import parse
from catalogctl.source.folder import MAX_YAML_SIZE
from catalogctl.source.strict_yaml import BOM, parser

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

MAX_QUERY_SIZE = 64 * 1024 * 1024
_JSON_OBJECT = re.compile(rb'\s*\{\s*"')
_ONLY_TEXT_IN_YAML = {"NaN", "Infinity", "-Infinity", "None"}
"""What Python and JavaScript write for a value that JSON lacks; YAML takes it for a text."""


class QueryInput(NamedTuple):
    """The request in a file; `kind` is list or stat."""

    kind: str
    request: JSONObject
    is_saved: bool


def read_query(source: str) -> QueryInput:
    """Return the request in a file, or on stdin for «-», as JSON or strict YAML.

    A query with aggregate or distinct is for stat, any other for list. Raise ApiError if it is
    not a query, or a saved query with wrong params.
    """
    value = _value(source)
    kind = value.get("kind")
    if isinstance(kind, str) and kind in {"list", "stat"} and "query" in value:
        return QueryInput(kind, _saved_request(kind, value), is_saved=True)
    kind = "stat" if value.keys() & {"aggregate", "distinct"} else "list"
    return QueryInput(kind, {"query": value}, is_saved=False)


def _saved_request(kind: str, value: JSONObject) -> JSONObject:
    """Return the request in the file of a saved query."""
    from catalogctl import schemas
    from catalogctl.did_you_mean import did_you_mean
    from catalogctl.query import given_fields
    from catalogctl.wording import json_kind, listed, quote

    members = schemas.fields("SavedQuery")
    if unknown := [name for name in value if name not in members]:
        hint = did_you_mean(unknown[0], members, f"the members are {listed(members)}")
        raise _no_query(f"a saved query has no member {quote(unknown[0])}", hint)
    params = value.get("params")
    if params is None:
        params = {}
    if not isinstance(params, dict):
        raise _no_query(f"params of a saved query is {json_kind(params)}, not an object")
    return {**given_fields(kind, params), "query": value["query"]}


def read_query_of(kind: str, source: str) -> tuple[JSONObject, JSONObject]:
    """Return the query in a file, and the request's other fields if it is a saved query.

    Raise ApiError if it is not a query, or a saved query of another kind or with wrong params.
    """
    given = read_query(source)
    query = given.request.pop("query")
    if not isinstance(query, dict):
        raise _no_query("a query is an object")
    if given.is_saved and given.kind != kind:
        message = f"this is a saved query of kind {given.kind}: ask it with catalogctl {given.kind}"
        raise _no_query(message)
    return query, given.request


def _value(source: str) -> JSONObject:
    data = read_input(source, "the query", MAX_QUERY_SIZE)
    if len(data) > MAX_QUERY_SIZE:
        raise _no_query(f"the query has more than {MAX_QUERY_SIZE} bytes")
    data = data.removeprefix(BOM)
    value: JSON
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        cause = str(error) if isinstance(error, msgspec.DecodeError) else ""
        value = _yaml_value(source, data, cause if _JSON_OBJECT.match(data) else "")
    if not isinstance(value, dict):
        raise _no_query("a query is an object")
    return value


def _yaml_value(source: str, data: bytes, json_error: str) -> JSONObject:
    """Return the value of a YAML query (decision 511).

    `json_error` says why a text that begins as JSON is not JSON; it is empty for any other text.
    """
    document = parse(source, "query", data[: MAX_YAML_SIZE + 1])
    hint = ""
    if document.problems:
        first = document.problems[0]
        hint = f"{first.file}:{first.line}:{first.column}: {first.message}"
        if not json_error:
            raise _no_query(hint)
        hint = f"it is not YAML either: {hint}"
    elif json_error and (word := _only_text_in_yaml(data)):
        hint = f"write null, or quote {word} if it is meant as text"
    if hint:
        cause = json_error.removeprefix("JSON is malformed: ").partition(" - at ")[0]
        raise _no_query(f"the query is not JSON: {cause.lower()}", hint)
    return document.value


def _only_text_in_yaml(data: bytes) -> str:
    """Return the first unquoted word such as NaN in a valid YAML text, or an empty text."""
    events = parser(data)
    while not isinstance(event := events.get_event(), StreamEndEvent):
        if isinstance(event, ScalarEvent) and event.implicit[0]:
            word: str = event.value
            if word in _ONLY_TEXT_IN_YAML:
                return word
    return ""


def _no_query(message: str, hint: str = "") -> ApiError:
    return ApiError("ERROR_INVALID_PARAMETER", message, "/query", hint=hint)
