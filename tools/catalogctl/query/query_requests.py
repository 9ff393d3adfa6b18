"""Read and check `PluginQuery` and `PluginStatQuery` from JSON (query spec 2).

The order of checks: shape, required members, repository, what a stat computes, the structure of
the conditions, then everything that depends on paths. The first failure is the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.errors import ApiError
from catalogctl.query import field_paths, request_messages
from catalogctl.query.conditions import read_filters
from catalogctl.query.message_shapes import SHAPES
from catalogctl.query.model import Condition, Equal, ListQuery, Page, StatQuery
from catalogctl.query.order import read_sort
from catalogctl.query.projection import ordering, read_only
from catalogctl.query.request_messages import Message
from catalogctl.query.stages import read_stages
from catalogctl.wording import quote

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

LIST_FIELDS = (
    "plugin_id",
    "name",
    "state",
    "service_type",
    "provider",
    "registry_type",
    "domain_id",
)
"""The request's own fields that become conditions, in the order of the conditions."""
STAT_FIELDS = ("domain_id",)


def parse(kind: str, request: JSONObject, *, repository_id: str) -> ListQuery | StatQuery:
    """Return the query of a request; `kind` is list or stat.

    `repository_id` is this catalog's own, and the default of the request's. Raise ApiError if the
    request can't be answered, or names another repository.
    """
    return (_list if kind == "list" else _stat)(request, repository_id)


def _list(request: JSONObject, repository_id: str) -> ListQuery:
    message = request_messages.read(request, "PluginQuery")
    check_repository(message.text("repository_id"), repository_id)
    query = message.one("query") or Message("/query", {}, {})
    filters = read_filters(query, _own_fields(message, LIST_FIELDS))
    keys = read_sort(query.one("sort"), field_paths.parse, "ERROR_REQUIRED_PARAMETER")
    only = read_only(query.texts("only"), query.place("only"))
    return ListQuery(
        filters,
        keys,
        _page(query),
        count_only=query.flag("count_only"),
        minimal=query.flag("minimal"),
        only=(*only, *ordering(keys)) if only else None,
    )


def _stat(request: JSONObject, repository_id: str) -> StatQuery:
    message = request_messages.read(request, "PluginStatQuery")
    query = message.one("query")
    if query is None:
        raise ApiError("ERROR_REQUIRED_PARAMETER", "the request has no query", message.pointer)
    check_repository(message.text("repository_id"), repository_id)
    aggregate, distinct = query.many("aggregate"), query.text("distinct")
    if not aggregate and not distinct:
        what = "the query has neither aggregate nor distinct"
        hint = "say what to count: a group stage, or a distinct path"
        raise ApiError("ERROR_REQUIRED_PARAMETER", what, query.pointer, hint=hint)
    filters = read_filters(query, _own_fields(message, STAT_FIELDS))
    if aggregate:
        return StatQuery(filters, stages=read_stages(aggregate), page=_page(query))
    segments = field_paths.of_documents(field_paths.split(distinct or "", query.place("distinct")))
    return StatQuery(filters, distinct=segments, page=_page(query))


def given_fields(kind: str, fields: JSONObject) -> JSONObject:
    """Return the fields beside a query that count as given: not "", null or NONE.

    Raise ApiError if a request has no such field, or one has the wrong type (D-E1).
    """
    shape = SHAPES["PluginQuery" if kind == "list" else "PluginStatQuery"]
    beside = {name: member for name, member in shape.items() if name != "query"}
    return request_messages.to_json(request_messages.read_members(fields, beside))


def check_repository(asked: str | None, repository_id: str) -> None:
    """Raise ApiError if a request names another repository than this one."""
    if asked not in {None, repository_id}:
        what = f"there is no repository {quote(str(asked))} here"
        hint = f"this catalog is {quote(repository_id)}"
        raise ApiError("ERROR_NOT_FOUND", what, "/repository_id", hint=hint)


def _own_fields(message: Message, fields: tuple[str, ...]) -> list[Condition]:
    given = ((field, message.text(field)) for field in fields)
    return [Condition((field,), Equal((text,))) for field, text in given if text is not None]


def _page(query: Message) -> Page:
    page = query.one("page")
    return Page(page.whole("start") or 1, page.whole("limit") or 0) if page else Page()
