"""Answer the calls about repositories from an edition.

A query sees a repository as it sees the repository of a plugin: by name, repository_id, and what is
below repository_info. So their list has the conditions, sorting and pages of the one of plugins.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from catalogctl.errors import ApiError
from catalogctl.gateway.read_request import read_request, required
from catalogctl.jsontypes import as_object
from catalogctl.query import Documents, answer_query, document, parse, shape
from catalogctl.times import clock
from catalogctl.wording import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.gateway.calls import CallContext
    from catalogctl.jsontypes import JSON, JSONObject

_FIELDS = ("repository_id", "name", "repository_type")
_PATHS: dict[JSON, JSON] = {"repository_type": "repository_info.repository_type"}
"""Fields of RepositoryInfo that a query document has in another place."""


class _GetRequest(msgspec.Struct, forbid_unknown_fields=True):
    repository_id: str | None = None
    domain_id: str | None = None
    only: list[str] | None = None


class _ListRequest(msgspec.Struct, forbid_unknown_fields=True):
    query: dict[str, object] | None = None
    repository_id: str | None = None
    name: str | None = None
    repository_type: str | None = None
    domain_id: str | None = None


def get_repository(request: JSONObject, context: CallContext) -> JSONObject:
    """Return the RepositoryInfo of a repository; raise ApiError if there is no such one."""
    asked = read_request(request, _GetRequest)
    repository_id = required(asked.repository_id, "repository_id")
    found = context.edition.repositories.get(repository_id)
    if found is None:
        message = f"there is no repository {quote(repository_id)}"
        raise ApiError("ERROR_NOT_FOUND", message, "/repository_id")
    return _cut(found.info, asked.only)


def list_repositories(request: JSONObject, context: CallContext) -> JSONObject:
    """Return the RepositoriesInfo of a query over the repositories."""
    asked = read_request(request, _ListRequest)
    query = shape.to_json(shape.read(as_object(request.get("query")), "Query"))
    only = query.pop("only", None)
    query.pop("minimal", None)
    query["filter"] = [*_conditions(query.get("filter")), *_own_conditions(asked)]
    query["filter_or"] = [*_conditions(query.get("filter_or"))]
    if isinstance(sort := query.get("sort"), dict):
        query["sort"] = {**_with_path(sort), "keys": [*_conditions(sort.get("keys"))]}
    infos = [each.info for each in context.edition.repositories.values()]
    rows = [document({"name": info.get("name"), "repository_info": info}) for info in infos]
    documents, now = Documents(infos, rows), context.edition.now or clock(os.environ)
    budget = context.stop.budget(len(infos))
    found = answer_query(
        parse("list", {"query": query}, repository_id=""), documents, now=now, budget=budget
    )
    names = [*map(str, only)] if isinstance(only, list) else None
    results = found["results"] if isinstance(found["results"], list) else []
    return {**found, "results": [_cut(as_object(info), names) for info in results]}


def _own_conditions(asked: _ListRequest) -> Iterator[JSONObject]:
    """Yield the conditions that the request's own fields are."""
    for name in _FIELDS:
        if value := getattr(asked, name):
            yield _with_path({"key": name, "value": value, "operator": "eq"})


def _conditions(given: JSON) -> Iterator[JSONObject]:
    for each in given if isinstance(given, list) else ():
        yield _with_path(as_object(each))


def _with_path(condition: JSONObject) -> JSONObject:
    """Return a condition or sort key with the path of its field in a query document."""
    key = condition.get("key")
    return {**condition, "key": _PATHS[key]} if key in _PATHS else condition


def _cut(info: JSONObject, only: list[str] | None) -> JSONObject:
    """Return the fields of a RepositoryInfo that `only` names, or all of them."""
    return {name: value for name, value in info.items() if name in only} if only else info
