"""Answer the calls about repositories from an edition.

A query sees a repository as it sees the repository of a plugin: by name, repository_id, and what is
below repository_info. So their list has the conditions, sorting and pages of the one of plugins.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from catalogctl.did_you_mean import did_you_mean
from catalogctl.errors import ApiError
from catalogctl.gateway.request_members import GET_REPOSITORY, LIST_REPOSITORIES, required
from catalogctl.json_pointer import child
from catalogctl.jsontypes import as_object
from catalogctl.query import Documents, answer_query, document, parse, request_messages
from catalogctl.times import clock
from catalogctl.wording import listed, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.gateway.plugin_calls import CallContext
    from catalogctl.jsontypes import JSON, JSONObject

_FIELDS = ("repository_id", "name", "repository_type")
_PATHS: dict[JSON, JSON] = {"repository_type": "repository_info.repository_type"}
"""Fields of RepositoryInfo that a query document has in another place."""


def get_repository(request: JSONObject, context: CallContext) -> JSONObject:
    """Return the RepositoryInfo of a repository; raise ApiError if there is no such one."""
    asked = request_messages.read_members(request, GET_REPOSITORY)
    repository_id = required(asked, "repository_id")
    found = context.edition.repositories.get(repository_id)
    if found is None:
        message = f"there is no repository {quote(repository_id)}"
        raise ApiError("ERROR_NOT_FOUND", message, "/repository_id")
    return _cut(found.info, _read_only(asked.texts("only"), "/only"))


def list_repositories(request: JSONObject, context: CallContext) -> JSONObject:
    """Return the RepositoriesInfo of a query over the repositories."""
    asked = request_messages.read_members(request, LIST_REPOSITORIES)
    given = asked.one("query")
    query = {} if given is None else request_messages.to_json(given)
    only = given.texts("only") if given else ()
    query.pop("only", None)
    query.pop("minimal", None)
    query["filter"] = [*_conditions(query.get("filter")), *_own_conditions(asked)]
    query["filter_or"] = [*_conditions(query.get("filter_or"))]
    if isinstance(sort := query.get("sort"), dict):
        query["sort"] = {**_with_path(sort), "keys": [*_conditions(sort.get("keys"))]}
    infos = [each.info for each in context.edition.repositories.values()]
    rows = [document({"name": info.get("name"), "repository_info": info}) for info in infos]
    documents, now = Documents(infos, rows), context.edition.now or clock(os.environ)
    budget = context.stop.budget(len(infos))
    parsed = parse("list", {"query": query}, repository_id="")
    names = _read_only(only, "/query/only")
    found = answer_query(parsed, documents, now=now, budget=budget)
    results = found["results"] if isinstance(found["results"], list) else []
    return {**found, "results": [_cut(as_object(info), names) for info in results]}


def _own_conditions(asked: request_messages.Message) -> Iterator[JSONObject]:
    """Yield the conditions that the request's own fields are."""
    for name in _FIELDS:
        if value := asked.text(name):
            yield _with_path({"key": name, "value": value, "operator": "eq"})


def _conditions(given: JSON) -> Iterator[JSONObject]:
    for each in given if isinstance(given, list) else ():
        yield _with_path(as_object(each))


def _with_path(condition: JSONObject) -> JSONObject:
    """Return a condition or sort key with the path of its field in a query document."""
    key = condition.get("key")
    return {**condition, "key": _PATHS[key]} if key in _PATHS else condition


def _read_only(names: Sequence[str], pointer: str) -> Sequence[str]:
    """Return the names of `only`; raise ApiError if one is not a field of RepositoryInfo (D-L3)."""
    for position, name in enumerate(names):
        if name not in _FIELDS:
            hint = did_you_mean(name.rpartition(".")[2], _FIELDS, f"write {listed(_FIELDS)}")
            place = child(pointer, position)
            raise ApiError("ERROR_DB_QUERY", f"a repository has no {quote(name)}", place, hint=hint)
    return names


def _cut(info: JSONObject, only: Sequence[str]) -> JSONObject:
    """Return the fields of a RepositoryInfo that `only` names, or all of them."""
    return {name: value for name, value in info.items() if name in only} if only else info
