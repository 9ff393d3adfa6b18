"""Say with which status of gRPC and of HTTP each of the API's codes is answered."""

from __future__ import annotations

from typing import NamedTuple


class Status(NamedTuple):
    """The name of a status of gRPC, and a status of HTTP."""

    grpc: str
    http: int


_REFUSED = Status("INVALID_ARGUMENT", 400)
_FAILED = Status("INTERNAL", 500)
_STATUSES = {
    "ERROR_DB_QUERY": _FAILED,
    "ERROR_UNKNOWN": _FAILED,
    "ERROR_REQUEST_TIMEOUT": Status("DEADLINE_EXCEEDED", 504),
    "ERROR_UNSUPPORTED_API": Status("UNIMPLEMENTED", 501),
    "ERROR_RESOURCE_EXHAUSTED": Status("RESOURCE_EXHAUSTED", 429),
    "ERROR_REQUEST_TOO_LARGE": Status("RESOURCE_EXHAUSTED", 413),
}
"""As SpaceONE's own service answers them; all others are errors of the request."""


def status_of(code: str) -> Status:
    """Return the statuses with which an error is answered."""
    return _STATUSES.get(code, _REFUSED)
