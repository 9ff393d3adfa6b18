"""Answer the saved and built-in queries that a build publishes.

Each query is answered once: queries with the same canonical form share their answer. A query that
fails only on the plugins' values (a `size` of something other than a list) is a problem of its
file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

import msgspec

from catalogctl.errors import ApiError
from catalogctl.model.assemble import info_of
from catalogctl.pipeline.saved_queries import SavedQuery, query_problem
from catalogctl.publish.query_files import SavedAnswer
from catalogctl.query import BUILT_IN, answer, query_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.model.plugin import PluginSummary
    from catalogctl.problem import Problem
    from catalogctl.query.documents import Documents

_encoder = msgspec.json.Encoder()


def queried_fields(
    plugins: Iterable[PluginSummary], saved: Sequence[SavedQuery]
) -> list[JSONObject]:
    """Return the fields of each plugin that queries may use: PluginInfo if any query is saved.

    The built-in queries need only fields of the summary.
    """
    if saved:
        return [info_of(each) for each in plugins]
    return [_built_in_fields(each) for each in plugins]


def _built_in_fields(plugin: PluginSummary) -> JSONObject:
    """Return the fields that the built-in queries and the order of plugins use."""
    return {
        "plugin_id": plugin.plugin_id,
        "name": plugin.name,
        "state": plugin.state,
        "service_type": plugin.service_type,
        **({"provider": plugin.provider} if plugin.provider else {}),
        "registry_type": plugin.registry_type,
        "labels": list(plugin.labels),
        "created_at": plugin.created_at,
    }


def answer_saved(
    saved: Sequence[SavedQuery], plugins: Documents, *, now: str, repository_id: str
) -> tuple[list[SavedAnswer], list[Problem]]:
    """Return the answers of the built-in queries, then of the saved ones, and their problems."""
    queries = (*built_in(), *saved)
    return answer_queries(queries, plugins, now=now, repository_id=repository_id)


def answer_queries(
    queries: Iterable[SavedQuery], plugins: Documents, *, now: str, repository_id: str
) -> tuple[list[SavedAnswer], list[Problem]]:
    """Return the answers of these queries, and the problems of those that fail on some values."""
    answers: list[SavedAnswer] = []
    problems: list[Problem] = []
    known: dict[str, bytes] = {}
    for query in queries:
        kind = cast("Literal['list', 'stat']", query.kind)
        identity = query_id(kind, query.request)
        try:
            if identity not in known:
                found = answer(kind, query.request, plugins, now=now, repository_id=repository_id)
                known[identity] = _encoder.encode(found)
        except ApiError as error:
            problems.append(query_problem(error, query))
            continue
        answers.append(
            SavedAnswer(
                query.name,
                kind,
                query.title,
                identity,
                known[identity],
                built_in=query.document is None,
                description=query.description,
                chart=query.chart,
                request=query.request,
            )
        )
    return answers, problems


def built_in() -> Iterable[SavedQuery]:
    """Yield the built-in stats as saved queries without a file; the site defines their titles."""
    for name, request in BUILT_IN.items():
        yield SavedQuery(name, "stat", name, "", "", request, None)
