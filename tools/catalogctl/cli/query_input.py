"""Read a query from a file or stdin: a bare query, or the file of a saved query."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.cli.inputs import read_input
from catalogctl.errors import ApiError
from catalogctl.source.document import parse
from catalogctl.source.folder import MAX_YAML_SIZE

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

MAX_QUERY_SIZE = 64 * 1024 * 1024
_JSON_OBJECT = re.compile(rb'\s*\{\s*"')
_READ_AS_JSON = 'a text that begins with {" is read as JSON, any other as YAML'


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
    value: JSON
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if isinstance(error, msgspec.DecodeError) and _JSON_OBJECT.match(data):
            cause = str(error).removeprefix("JSON is malformed: ").partition(" - at ")[0]
            raise _no_query(f"the query is not JSON: {cause.lower()}", _READ_AS_JSON) from None
        document = parse(source, "query", data[: MAX_YAML_SIZE + 1])
        if document.problems:
            first = document.problems[0]
            message = f"{first.file}:{first.line}:{first.column}: {first.message}"
            raise _no_query(message) from None
        value = document.value
    if not isinstance(value, dict):
        raise _no_query("a query is an object")
    return value


def _no_query(message: str, hint: str = "") -> ApiError:
    return ApiError("ERROR_INVALID_PARAMETER", message, "/query", hint=hint)
