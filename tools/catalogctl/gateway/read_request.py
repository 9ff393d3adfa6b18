"""Read the requests that are not queries: from JSON to typed values, or an ApiError."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from catalogctl.errors import ApiError

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

Request = TypeVar("Request")


def read_request(request: JSONObject, kind: type[Request]) -> Request:
    """Return a request as a typed value; raise ApiError if it has another shape."""
    try:
        return msgspec.convert(request, kind)
    except msgspec.ValidationError as error:
        raise ApiError("ERROR_INVALID_PARAMETER", f"the request is not valid: {error}") from error


def required(value: str | None, name: str) -> str:
    """Return a parameter that must be given; raise ApiError if it is not."""
    if not value:
        raise ApiError("ERROR_REQUIRED_PARAMETER", f"{name} is required", f"/{name}")
    return value
