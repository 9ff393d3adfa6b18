"""A list query and plugins in, the rows that it selects out (query spec 5)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from catalogctl.query.documents import Documents
from catalogctl.query.limits import Budget
from catalogctl.query.matching import passing
from catalogctl.query.order import ordered_documents
from catalogctl.query.projection import cut, minimal, tree
from catalogctl.query.running import moment, running

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.model import ListQuery, Page

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a list query selects: plugins by their index, and the shape of their rows.

    `project` makes a row of a PluginInfo; None means that the row is the PluginInfo as it is, so
    that whoever has it encoded already needs not do it again. `total_count` counts before paging.
    """

    indexes: Sequence[int]
    total_count: int
    project: Callable[[JSONObject], JSONObject] | None = None


def select(query: ListQuery, plugins: Sequence[JSONObject] | Documents, *, now: str) -> Selection:
    """Return which plugins a query selects, in order; `plugins` are in base order."""
    documents = plugins if isinstance(plugins, Documents) else Documents(plugins)
    budget = Budget(len(documents))
    with running():
        found = passing(query.filters, documents, now=moment(now), budget=budget)
        total = len(found)
        if query.count_only:
            return Selection((), total)
        if query.sort:
            found = ordered_documents(found, query.sort, documents, budget)
    return Selection(paged(found, query.page), total, _project(query))


def answer_list(
    query: ListQuery, plugins: Sequence[JSONObject] | Documents, *, now: str
) -> JSONObject:
    """Return the answer `{"results": […], "total_count": n}`; `plugins` are in base order."""
    documents = plugins if isinstance(plugins, Documents) else Documents(plugins)
    selection = select(query, documents, now=now)
    rows = [documents.plugins[index] for index in selection.indexes]
    if selection.project is not None:
        with running():
            rows = [selection.project(row) for row in rows]
    results: list[JSON] = [*rows]
    return {"results": results, "total_count": selection.total_count}


def _project(query: ListQuery) -> Callable[[JSONObject], JSONObject] | None:
    if query.minimal:
        return minimal
    if query.only is None:
        return None
    return partial(cut, kept=tree(query.only))


def paged(rows: Sequence[T], page: Page) -> Sequence[T]:
    """Return the rows of one page; without a limit, all of them."""
    return rows[page.start - 1 : page.start - 1 + page.limit] if page.limit else rows
