"""Answer stat queries (query spec 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.query.accumulators import distinct
from catalogctl.query.field_paths import FIELDS, reach
from catalogctl.query.groups import grouped
from catalogctl.query.matching import passing
from catalogctl.query.model import Count, Group, Order, Project, Slice, Unwind
from catalogctl.query.order import ordered
from catalogctl.query.query_values import Value, printed
from catalogctl.query.row_tables import RowTable, UnwoundTable
from catalogctl.query.rows import projected, unwound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.documents import Documents
    from catalogctl.query.field_paths import Segments
    from catalogctl.query.model import Page, Stage, StatQuery
    from catalogctl.query.query_limits import StepBudget
    from catalogctl.query.query_times import Instant
    from catalogctl.query.row_tables import Table


def answer_stat(
    query: StatQuery, documents: Documents, *, now: Instant, budget: StepBudget
) -> JSONObject:
    """Return `{"results": […]}`, with `total_count` under a page limit.

    ApiError: a stage meets a value that it can't take.
    """
    indexes = passing(query.filters, documents, now=now, budget=budget)
    rows = [documents.rows[index] for index in indexes]
    if not query.stages:
        found = _distinct(rows, query.distinct, budget)
        return _answer(query.page, len(found), found[query.page.rows])
    table: Table = RowTable(rows, flat=False)
    for stage in query.stages:
        table = _run(stage, table, budget)
    return _answer(query.page, len(table), table[query.page.rows].results(budget))


def _answer(page: Page, total_count: int, results: list[JSON]) -> JSONObject:
    return {"total_count": total_count, "results": results} if page.limit else {"results": results}


def _distinct(rows: Sequence[JSONObject], segments: Segments, budget: StepBudget) -> list[JSON]:
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
            return RowTable(rows, flat=table.flat)
        case Project():
            return RowTable(projected(table, stage, budget), flat=True)
        case Slice(start, stop):
            return table[start:stop]


def _unwound(table: Table, segments: Segments, budget: StepBudget) -> Table:
    """Unwind a table; a whole field of documents needs no copies of them (`UnwoundTable`)."""
    field = segments[0]
    if not isinstance(table, RowTable) or table.flat or len(segments) > 1 or field not in FIELDS:
        return RowTable(list(unwound(table, segments, budget)), flat=table.flat)
    rows: list[JSONObject] = []
    elements: list[JSON] = []
    for row in table.rows():
        value = row[field]
        found = value if isinstance(value, list) else [] if value is None else [value]
        rows += [row] * len(found)
        elements += found
    budget.spend(len(elements))
    return UnwoundTable(rows, field, elements)
