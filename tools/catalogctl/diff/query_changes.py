"""Find out which answers of saved and built-in queries two states of a catalog have in common.

An answer can differ only if the query does, or if plugins differ in what it looks at. The others
are not computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.errors import ApiError
from catalogctl.every_repository import EVERY
from catalogctl.model.assemble import info_of
from catalogctl.pipeline.saved_answers import (
    KeptRows,
    answer_queries,
    asked_upstreams,
    built_in,
)
from catalogctl.publish.query_files import SavedAnswer, saved_files
from catalogctl.query import answer, base_order, document, named_fields, parse, query_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.saved_queries import SavedQuery
    from catalogctl.problem import Problem
    from catalogctl.publish.upstreams import Upstream


class Answered(NamedTuple):
    """The answers of one state: by path, the values with a count of each stat, and problems.

    An answer that both states have in common is empty, and without counts.
    """

    files: Mapping[str, bytes]
    counts: Mapping[str, Mapping[str, int]]
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Asked:
    """The queries of one state of a catalog, and its plugins.

    `own` are the plugins that may differ from those of the other state, `every` returns all; those
    of other repositories are in `upstreams`.
    """

    saved: Sequence[SavedQuery]
    own: Sequence[PluginSummary]
    every: Callable[[], Sequence[PluginSummary]]
    repository_id: str
    upstreams: Sequence[Upstream] = ()

    @property
    def queries(self) -> Sequence[SavedQuery]:
        """The built-in queries, then the saved ones."""
        return (*built_in(), *self.saved)

    def answers(
        self, queries: Sequence[SavedQuery], now: str
    ) -> tuple[list[SavedAnswer], list[Problem]]:
        """Return the answers of some of its queries, and the problems of those that fail."""
        if not queries:
            return [], []
        asks_own = any(each.repository_id in {"", EVERY} for each in queries)
        own = self.every() if asks_own else ()
        rows = KeptRows().documents(own, queries, self.repository_id)
        return answer_queries(
            queries, rows, now=now, repository_id=self.repository_id, upstreams=self.upstreams
        )

    def looked_at(self, query: SavedQuery) -> dict[tuple[str, str], JSON]:
        """Return what a query looks at in each of the plugins that may differ."""
        fields = named_fields(parse(query.kind, query.request, repository_id=self.repository_id))
        rows = ((each, document(info_of(each))) for each in self.own)
        return {
            (each.name, each.plugin_id): {field: row[field] for field in sorted(fields)}
            for each, row in rows
        }

    def may_list(self, query: SavedQuery, now: str) -> bool:
        """Return whether a list has one of the plugins that may differ, or fails because of it."""
        infos = base_order([info_of(each) for each in self.own])
        try:
            return self._answer(query, infos, now) != self._answer(query, [], now)
        except ApiError:
            return True

    def _answer(self, query: SavedQuery, plugins: Sequence[JSONObject], now: str) -> JSONObject:
        return answer(query.kind, query.request, plugins, now=now, repository_id=self.repository_id)


def both_answered(old: Asked, new: Asked, now: str) -> tuple[Answered, Answered]:
    """Return the answers of both states of a catalog."""
    both = {_key(each) for each in old.queries} & {_key(each) for each in new.queries}
    needed = {
        _asked(each)
        for each in (*old.queries, *new.queries)
        if _key(each) not in both or _may_differ(each, old, new, now)
    }
    return _answered(old, needed, now), _answered(new, needed, now)


def _key(query: SavedQuery) -> tuple[str, str, bytes]:
    """Return what identifies a query with its file."""
    return query.name, _id(query), query.document.data if query.document else b""


def _id(query: SavedQuery) -> str:
    return query_id(query.kind, query.request)


def _asked(query: SavedQuery) -> tuple[str, str]:
    """Return what an answer depends on, besides the plugins."""
    return _id(query), query.repository_id


def _may_differ(query: SavedQuery, old: Asked, new: Asked, now: str) -> bool:
    """Return whether plugins that differ may lead to another answer."""
    if asked_upstreams(query, old.upstreams) != asked_upstreams(query, new.upstreams):
        return True
    if query.repository_id not in {"", EVERY}:
        return False
    was, will_be = old.looked_at(query), new.looked_at(query)
    if query.kind == "list" and was.keys() == will_be.keys():
        return old.may_list(query, now) or new.may_list(query, now)
    return was != will_be


def _answered(asked: Asked, needed: Collection[tuple[str, str]], now: str) -> Answered:
    """Return the answers of a state, those that are not needed as empty ones."""
    own, problems = asked.answers([each for each in asked.queries if _asked(each) in needed], now)
    others = [
        SavedAnswer(
            *(each.name, each.kind, "", _id(each), b""),
            repository_id=each.repository_id,
        )
        for each in asked.queries
        if _asked(each) not in needed
    ]
    counts = {each.name: dict(_counts(each)) for each in own if each.kind == "stat"}
    return Answered(dict(saved_files((*own, *others))), counts, problems)


def _counts(answer: SavedAnswer) -> Iterator[tuple[str, int]]:
    """Yield the value and count of each row with just these two, as in the built-in stats."""
    value: JSONObject = msgspec.json.decode(answer.encoded)
    results = value.get("results")
    for each in results if isinstance(results, list) else ():
        if isinstance(each, dict) and len(each) == 2 and isinstance(each.get("count"), int):  # noqa: PLR2004  (value, count)
            (name,) = (member for key, member in each.items() if key != "count")
            count = each["count"]
            if isinstance(name, str) and isinstance(count, int):
                yield name, count
