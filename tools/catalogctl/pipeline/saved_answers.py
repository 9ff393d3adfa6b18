"""Answer the saved and built-in queries that a build publishes.

Each query is answered once: queries with the same canonical form share their answer. A query that
fails only on the plugins' values (a `size` of something other than a list) is a problem of its
file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from catalogctl.errors import ApiError
from catalogctl.every_repository import EVERY
from catalogctl.jsontypes import JSONObject
from catalogctl.model.assemble import info_of
from catalogctl.model.plugin_summary import base_key
from catalogctl.pipeline.saved_queries import SavedQuery, query_problem
from catalogctl.publish.query_files import SavedAnswer
from catalogctl.query import (
    BUILT_IN,
    UNNAMED,
    Documents,
    answer,
    document,
    named_fields,
    parse,
    query_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.problem import Problem
    from catalogctl.publish.build_context import BuildContext
    from catalogctl.publish.upstreams import Upstream

_encoder = msgspec.json.Encoder()


_SUMMARIZED = frozenset(
    {
        *("plugin_id", "name", "image", "registry_url", "state", "service_type", "provider"),
        *("registry_type", "labels", "created_at", "updated_at"),
    }
)
"""The fields of PluginInfo that a summary has, too."""


class _Infos(Sequence[JSONObject]):
    """The PluginInfo of each summary, decoded when it is asked for."""

    def __init__(self, plugins: Sequence[PluginSummary]) -> None:
        self._plugins = plugins

    def __len__(self) -> int:
        return len(self._plugins)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return _Infos(self._plugins[place])
        return info_of(self._plugins[place])


class KeptRows:
    """The fields of plugins that queries look at, kept for when these are answered again."""

    def __init__(self) -> None:
        self._named: set[str] = set()
        self._rows: dict[str, tuple[PluginSummary, JSONObject]] = {}

    def documents(
        self, plugins: Iterable[PluginSummary], queries: Iterable[SavedQuery], repository_id: str
    ) -> Documents:
        """Return documents with the fields that these queries look at."""
        every = sorted(plugins, key=base_key)
        named: set[str] = set()
        for query in queries:
            named |= named_fields(parse(query.kind, query.request, repository_id=repository_id))
        before = self._rows if named == self._named else {}
        self._named = named
        self._rows = {
            plugin.plugin_id: _kept(before.get(plugin.plugin_id), plugin, named) for plugin in every
        }
        return Documents(_Infos(every), [row for _, row in self._rows.values()])


def _kept(
    before: tuple[PluginSummary, JSONObject] | None, plugin: PluginSummary, named: set[str]
) -> tuple[PluginSummary, JSONObject]:
    """Return a plugin with its fields of these names."""
    if before is not None and before[0] is plugin:
        return before
    whole = document(_summarized(plugin) if named <= _SUMMARIZED else info_of(plugin))
    return plugin, {field: whole[field] for field in named}


def _summarized(plugin: PluginSummary) -> JSONObject:
    """Return the fields of PluginInfo that a summary has."""
    return {field: getattr(plugin, field) for field in _SUMMARIZED} | {"labels": [*plugin.labels]}


def answer_queries(
    queries: Iterable[SavedQuery],
    plugins: Documents,
    *,
    now: str,
    repository_id: str,
    upstreams: Sequence[Upstream] = (),
) -> tuple[list[SavedAnswer], list[Problem]]:
    """Return the answers of these queries, and the problems of those that fail on some values.

    `plugins` are the catalog's own; a query may ask those of `upstreams`.
    """
    answers: list[SavedAnswer] = []
    problems: list[Problem] = []
    known: dict[tuple[str, str], bytes] = {}
    for query in queries:
        identity = query_id(query.kind, query.request)
        key = identity, query.repository_id
        try:
            if key not in known:
                asked = _asked(query, plugins, upstreams)
                found = answer(
                    query.kind, query.request, asked, now=now, repository_id=repository_id
                )
                known[key] = _encoder.encode(found)
        except ApiError as error:
            problems.append(query_problem(error, query))
            continue
        answers.append(
            SavedAnswer(
                query.name,
                query.kind,
                query.title,
                identity,
                known[key],
                built_in=query.document is None,
                is_named=query.is_named,
                description=query.description,
                chart=query.chart,
                request=query.request,
                repository_id=query.repository_id,
            )
        )
    return answers, problems


def asked_upstreams(query: SavedQuery, upstreams: Sequence[Upstream]) -> list[Upstream]:
    """Return the upstreams that a query asks."""
    return [each for each in upstreams if query.repository_id in {EVERY, each.repository_id}]


def _asked(query: SavedQuery, own: Documents, upstreams: Sequence[Upstream]) -> Documents:
    """Return the plugins that a query asks."""
    if not query.repository_id:
        return own
    chosen = asked_upstreams(query, upstreams)
    theirs = [info_of(row) for each in chosen for row in each.plugins]
    return Documents([*own.plugins, *theirs] if query.repository_id == EVERY else theirs)


def with_statistics(context: BuildContext) -> BuildContext:
    """Return the context of a build with the built-in statistics of each upstream."""
    queries = [each for each in built_in() if each.is_named]
    return replace(
        context,
        upstreams=[_with_statistics(each, queries, context.now) for each in context.upstreams],
    )


def _with_statistics(upstream: Upstream, queries: Sequence[SavedQuery], now: str) -> Upstream:
    repository_id = upstream.repository_id
    documents = KeptRows().documents(upstream.plugins, queries, repository_id)
    stats, _ = answer_queries(queries, documents, now=now, repository_id=repository_id)
    return replace(upstream, stats=stats)


def built_in() -> Iterable[SavedQuery]:
    """Yield the built-in stats as saved queries without a file; the site defines their titles."""
    for name, request in BUILT_IN.items():
        yield SavedQuery(name, "stat", name, "", "", request, None)
    for name, request in UNNAMED.items():
        yield SavedQuery(name, "stat", name, "", "", request, None, is_named=False)
