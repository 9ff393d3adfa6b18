"""Define the members of requests other than queries, and require those that are mandatory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.errors import ApiError
from catalogctl.query.message_shapes import Member, ShapeKind

if TYPE_CHECKING:
    from catalogctl.query.request_messages import Message

_TEXT, _TEXTS = Member(ShapeKind.TEXT), Member(ShapeKind.TEXTS)
PLUGIN = {"plugin_id": _TEXT, "domain_id": _TEXT, "repository_id": _TEXT}
GET_PLUGIN = {**PLUGIN, "only": _TEXTS}
GET_REPOSITORY = {"repository_id": _TEXT, "domain_id": _TEXT, "only": _TEXTS}
LIST_REPOSITORIES = {
    "query": Member(ShapeKind.ONE, "Query"),
    "repository_id": _TEXT,
    "name": _TEXT,
    "repository_type": _TEXT,
    "domain_id": _TEXT,
}


def required(request: Message, name: str) -> str:
    """Return a parameter that must be given; raise ApiError if it is not."""
    value = request.text(name)
    if value is None:
        raise ApiError("ERROR_REQUIRED_PARAMETER", f"{name} is required", f"/{name}")
    return value
