"""Name the answer to a request by its canonical bytes (product contract 5, «Canonical query»)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import rfc8785

from catalogctl.query import request_messages
from catalogctl.query.query_requests import LIST_FIELDS, STAT_FIELDS

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

_EXACT = 2**53
_SHAPES = {"list": ("PluginQuery", LIST_FIELDS), "stat": ("PluginStatQuery", STAT_FIELDS)}


def canonical(kind: str, request: JSONObject) -> bytes:
    """Return the canonical query of a request, serialized by RFC 8785; `kind` is list or stat.

    Two spellings of one query give the same bytes. Only the shape is checked: raise ApiError if it
    is wrong.
    """
    name, fields = _SHAPES[kind]
    message = request_messages.read(request, name)
    found = message.one("query")
    query = request_messages.to_json(found) if found else {}
    own: list[JSON] = [
        {"key": field, "operator": "eq", "value": message.text(field)}
        for field in fields
        if message.has(field)
    ]
    if own:
        given = query.get("filter")
        query["filter"] = [*(given if isinstance(given, list) else []), *own]
    return rfc8785.dumps({"kind": kind, "query": _doubles(query)})


def query_id(kind: str, request: JSONObject) -> str:
    """Return the SHA-256 of the canonical query in hexadecimal, which names its answer."""
    return hashlib.sha256(canonical(kind, request)).hexdigest()


def _doubles(value: JSON) -> JSON:
    """Return a value with integers of 2**53 or more, in absolute value, converted to floats."""
    if isinstance(value, dict):
        return {name: _doubles(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_doubles(element) for element in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return float(value)
    return value
