"""Answer list queries (query spec 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.query.matching import passing
from catalogctl.query.order import ordered
from catalogctl.query.projection import cut, minimal, tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.jsontypes import JSONObject
    from catalogctl.query.model import ListQuery
    from catalogctl.query.query_documents import Documents
    from catalogctl.query.query_limits import StepBudget
    from catalogctl.query.query_times import Instant


def answer_list(
    query: ListQuery, documents: Documents, *, now: Instant, budget: StepBudget
) -> JSONObject:
    """Return `{"results": […], "total_count": n}`; `total_count` is the number before paging."""
    found = passing(query.filters, documents, now=now, budget=budget)
    if query.count_only:
        return {"results": [], "total_count": len(found)}
    shown = ordered(found, query.sort, documents.rows.__getitem__, budget)[query.page.rows]
    rows = _rows((documents.plugins[index] for index in shown), query)
    return {"results": [*rows], "total_count": len(found)}


def _rows(infos: Iterable[JSONObject], query: ListQuery) -> Iterable[JSONObject]:
    """Return the requested part of each PluginInfo."""
    if query.minimal:
        return map(minimal, infos)
    if query.only is None:
        return infos
    kept = tree(query.only)
    return (cut(info, kept) for info in infos)
