"""Answer the calls about plugins from an edition: a JSON request in, a JSON answer out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.errors import ApiError
from catalogctl.every_repository import EVERY
from catalogctl.gateway.request_members import GET_PLUGIN, PLUGIN, required
from catalogctl.query import answer_query, only_fields, parse
from catalogctl.query.request_messages import read_members
from catalogctl.times import clock
from catalogctl.wording import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.gateway.encoded_edition import EncodedEdition, Repository
    from catalogctl.gateway.stop import Stop
    from catalogctl.jsontypes import JSONObject
    from catalogctl.query.request_messages import Message


class CallContext(NamedTuple):
    """What a call is answered from; `stop` ends a query from another thread.

    With `filter_domain`, the domain_id of a request is a condition.
    """

    edition: EncodedEdition
    filter_domain: bool
    stop: Stop


def get(request: JSONObject, context: CallContext) -> JSONObject:
    """Return the PluginInfo of the first repository that has the plugin."""
    asked = read_members(request, GET_PLUGIN)
    repository, plugin_id = _holder(asked, context)
    info = repository.plugins[plugin_id].info
    only = asked.texts("only")
    return only_fields(info, only) if only else info


def get_versions(request: JSONObject, context: CallContext) -> JSONObject:
    """Return the VersionsInfo of the first repository that has the plugin."""
    repository, plugin_id = _holder(read_members(request, PLUGIN), context)
    versions = repository.versions.get(plugin_id, ())
    return {"results": [*versions], "total_count": len(versions)}


def answer(kind: str, request: JSONObject, context: CallContext) -> JSONObject:
    """Return the answer to a query, `list` or `stat`, over one repository, or over all of them."""
    edition, given = context.edition, dict(request)
    if not context.filter_domain and isinstance(given.get("domain_id"), str):
        del given["domain_id"]
    repository_id, documents = next(iter(edition.repositories)), edition.every
    asked = given.get("repository_id")
    if asked == EVERY:
        del given["repository_id"]
    elif isinstance(asked, str) and asked in edition.repositories:
        repository_id, documents = asked, edition.repositories[asked].documents
    budget = context.stop.budget(len(documents))
    now = edition.now or clock(os.environ)
    query = parse(kind, given, repository_id=repository_id)
    return answer_query(query, documents, now=now, budget=budget)


def _holder(asked: Message, context: CallContext) -> tuple[Repository, str]:
    """Return the first repository that has a plugin, and its id; raise ApiError if none has."""
    plugin_id, repository_id = required(asked, "plugin_id"), asked.text("repository_id")
    domain_id = asked.text("domain_id") if context.filter_domain else None
    for repository in _repositories(repository_id, context.edition):
        found = repository.plugins.get(plugin_id)
        if found is not None and (not domain_id or found.info.get("domain_id") == domain_id):
            return repository, plugin_id
    is_one = repository_id not in {None, EVERY}
    where = f" in repository {quote(str(repository_id))}" if is_one else ""
    message = f"there is no plugin {quote(plugin_id)}{where}"
    raise ApiError("ERROR_NO_PLUGIN", message, "/plugin_id")


def _repositories(repository_id: str | None, edition: EncodedEdition) -> Iterator[Repository]:
    """Yield the repositories that a call asks, in order: none if there is no such one."""
    if repository_id in {None, EVERY}:
        yield from edition.repositories.values()
    elif repository_id in edition.repositories:
        yield edition.repositories[repository_id]
