"""Answer stat queries (query spec 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.query.accumulators import distinct
from catalogctl.query.documents import Documents
from catalogctl.query.field_paths import FIELDS, reach
from catalogctl.query.groups import grouped
from catalogctl.query.list_query import paged
from catalogctl.query.matching import passing
from catalogctl.query.model import Count, Group, Limit, Order, Project, Skip, Unwind
from catalogctl.query.order import ordered
from catalogctl.query.query_limits import StepBudget
from catalogctl.query.query_values import MISSING, Value, printed
from catalogctl.query.row_tables import RowTable, UnwoundTable
from catalogctl.query.rows import projected, unwound
from catalogctl.query.running import moment, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.model import Stage, StatQuery
    from catalogctl.query.row_tables import Table


def answer_stat(
    query: StatQuery, plugins: Sequence[JSONObject] | Documents, *, now: str
) -> JSONObject:
    """Return `{"results": […]}`, with `total_count` under a page limit.

    `plugins` are in base order. ApiError: a stage meets a value that it can't take.
    """
    documents = plugins if isinstance(plugins, Documents) else Documents(plugins)
    budget = StepBudget(len(documents))
    with running():
        indexes = passing(query.filters, documents, now=moment(now), budget=budget)
        rows = [documents.rows[index] for index in indexes]
        if not query.stages:
            found = _distinct(rows, query.distinct, budget)
            return _answer(query, found, paged(found, query.page))
        table: Table = RowTable(rows, flat=False)
        for stage in query.stages:
            table = _run(stage, table, budget)
        page = query.page
        shown = table
        if page.limit:
            shown = table.sliced(page.start - 1, page.start - 1 + page.limit)
        return _answer(query, table, shown.results(budget))


def _answer(query: StatQuery, rows: Sequence[JSON] | Table, shown: Sequence[JSON]) -> JSONObject:
    results: JSONObject = {"results": list(shown)}
    return {"total_count": len(rows), **results} if query.page.limit else results


def _distinct(
    rows: Sequence[JSONObject], segments: Sequence[str], budget: StepBudget
) -> list[JSON]:
    values: list[Value] = []
    for row in rows if segments[0] in FIELDS else ():
        for value in reach(row, segments, budget):
            values += value if isinstance(value, list) else [value]
    budget.spend(len(values))
    return [printed(value, budget) for value in distinct(values, budget)]


def _run(stage: Stage, table: Table, budget: StepBudget) -> Table:
    budget.spend(len(table))
    match stage:
        case Unwind(segments):
            return _unwound(table, segments, budget)
        case Group():
            return RowTable(grouped(table, stage, budget), flat=True)
        case Count(name):
            return RowTable([{name: len(table)}] if len(table) else [], flat=True)
        case Order(keys):
            rows = ordered(table.rows(), keys, lambda row: row, budget)
            return RowTable(rows, flat=_is_flat(table))
        case Project():
            return RowTable(projected(table, stage, budget), flat=True)
        case Limit(count):
            return table.sliced(0, count)
        case Skip(count):
            return table.sliced(count, None)


def _unwound(table: Table, segments: Sequence[str], budget: StepBudget) -> Table:
    """Unwind a table; a whole field of documents needs no copies of them (`UnwoundTable`)."""
    field = segments[0]
    if not isinstance(table, RowTable) or table.flat or len(segments) > 1 or field not in FIELDS:
        return RowTable(list(unwound(table, segments, budget)), flat=_is_flat(table))
    rows: list[JSONObject] = []
    elements: list[Value] = []
    for row, value in zip(table.table, table.values(segments), strict=True):
        if value is None or value is MISSING:
            continue
        found = value if isinstance(value, list) else [value]
        rows += [row] * len(found)
        elements += found
    budget.spend(len(elements))
    return UnwoundTable(rows, field, elements)


def _is_flat(table: Table) -> bool:
    return isinstance(table, RowTable) and table.flat
