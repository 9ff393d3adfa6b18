"""Answer list queries (query spec 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from catalogctl.query.documents import Documents
from catalogctl.query.matching import passing
from catalogctl.query.order import ordered
from catalogctl.query.projection import cut, minimal, tree
from catalogctl.query.query_limits import StepBudget
from catalogctl.query.running import moment, running

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.model import ListQuery, Page

T = TypeVar("T")


def answer_list(
    query: ListQuery, plugins: Sequence[JSONObject] | Documents, *, now: str
) -> JSONObject:
    """Return the answer `{"results": […], "total_count": n}`; `plugins` are in base order.

    `total_count` counts before paging. The rows may be the plugins themselves: they must not be
    changed. ApiError: the query takes too many steps.
    """
    documents = plugins if isinstance(plugins, Documents) else Documents(plugins)
    budget = StepBudget(len(documents))
    with running():
        found = passing(query.filters, documents, now=moment(now), budget=budget)
        shown: Sequence[int] = ()
        if not query.count_only:
            row_of = documents.rows.__getitem__
            shown = paged(ordered(found, query.sort, row_of, budget), query.page)
        results: list[JSON] = [*_rows((documents.plugins[index] for index in shown), query)]
    return {"results": results, "total_count": len(found)}


def _rows(infos: Iterable[JSONObject], query: ListQuery) -> Iterable[JSONObject]:
    """Return the part of each PluginInfo that is asked for."""
    if query.minimal:
        return map(minimal, infos)
    if query.only is None:
        return infos
    kept = tree(query.only)
    return (cut(info, kept) for info in infos)


def paged(rows: Sequence[T], page: Page) -> Sequence[T]:
    """Return the rows of one page; without a limit, all of them."""
    return rows[page.start - 1 : page.start - 1 + page.limit] if page.limit else rows
