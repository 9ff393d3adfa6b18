"""Read a query from a file or stdin: a bare query, or the file of a saved query."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.cli.inputs import read_input
from catalogctl.errors import ApiError
from catalogctl.source.document import parse
from catalogctl.source.folder import MAX_YAML_SIZE

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

MAX_QUERY_SIZE = 64 * 1024 * 1024


class QueryInput(NamedTuple):
    """The request in a file; `kind` is list or stat."""

    kind: str
    request: JSONObject
    is_saved: bool


def read_query(source: str) -> QueryInput:
    """Return the request in a file, or on stdin for «-», as JSON or strict YAML.

    A query with aggregate or distinct is for stat, any other for list. Raise ApiError if it is
    not a query.
    """
    value = _value(source)
    kind, params = value.get("kind"), value.get("params")
    if isinstance(kind, str) and kind in {"list", "stat"} and "query" in value:
        request = {**(params if isinstance(params, dict) else {}), "query": value["query"]}
        return QueryInput(kind, request, is_saved=True)
    kind = "stat" if value.keys() & {"aggregate", "distinct"} else "list"
    return QueryInput(kind, {"query": value}, is_saved=False)


def read_query_of(kind: str, source: str) -> tuple[JSONObject, dict[str, str]]:
    """Return the query in a file, and the request's other fields if it is a saved query.

    Raise ApiError if it is not a query, or a saved query of another kind.
    """
    given = read_query(source)
    query = given.request.pop("query")
    if not isinstance(query, dict):
        raise _no_query("a query is an object")
    if given.is_saved and given.kind != kind:
        message = f"this is a saved query of kind {given.kind}: ask it with catalogctl {given.kind}"
        raise _no_query(message)
    return query, {name: text for name, text in given.request.items() if isinstance(text, str)}


def _value(source: str) -> JSONObject:
    data = read_input(source, "the query", MAX_QUERY_SIZE)
    if len(data) > MAX_QUERY_SIZE:
        raise _no_query(f"the query has more than {MAX_QUERY_SIZE} bytes")
    value: JSON
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = parse(source, "query", data[: MAX_YAML_SIZE + 1])
        if document.problems:
            first = document.problems[0]
            message = f"{first.file}:{first.line}:{first.column}: {first.message}"
            raise _no_query(message) from None
        value = document.value
    if not isinstance(value, dict):
        raise _no_query("a query is an object")
    return value


def _no_query(message: str) -> ApiError:
    return ApiError("ERROR_INVALID_PARAMETER", message, "/query")
