"""Answer stat queries (query spec 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.query.accumulators import distinct
from catalogctl.query.field_paths import FIELDS, reach
from catalogctl.query.groups import grouped
from catalogctl.query.matching import passing
from catalogctl.query.model import Count, Group, Order, Project, Slice, Unwind
from catalogctl.query.order import ordered
from catalogctl.query.query_times import Instant, written
from catalogctl.query.query_values import Value, printed
from catalogctl.query.rows import DocumentRows, UnwoundRows, projected, unwound, unwound_documents

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.field_paths import Segments
    from catalogctl.query.model import Page, Stage, StatQuery
    from catalogctl.query.query_documents import Documents
    from catalogctl.query.query_limits import StepBudget
    from catalogctl.query.rows import Rows


def answer_stat(
    query: StatQuery, documents: Documents, *, now: Instant, budget: StepBudget
) -> JSONObject:
    """Return `{"results": […]}`, with `total_count` if the page has a limit.

    Raise ApiError if a stage meets a value that it can't take.
    """
    rows = DocumentRows(documents, passing(query.filters, documents, now=now, budget=budget))
    if not query.stages:
        found = _distinct(rows, query.distinct, budget)
        return _answer(query.page, len(found), found[query.page.rows])
    table: Rows = rows
    are_documents = True
    for stage in query.stages:
        table = _run(stage, table, budget, are_documents=are_documents)
        are_documents = are_documents and isinstance(stage, (Unwind, Order, Slice))
    shown = table[query.page.rows]
    if are_documents:
        return _answer(query.page, len(table), _printed_documents(shown, budget))
    return _answer(query.page, len(table), [printed(row, budget) for row in shown])


def _printed_documents(rows: Rows, budget: StepBudget) -> list[JSON]:
    """Return documents with dates as text; only top-level fields can be dates."""
    budget.make(len(rows) * len(FIELDS))
    return [
        {
            name: written(value) if isinstance(value, Instant) else value
            for name, value in row.items()
        }
        for row in rows
    ]


def _answer(page: Page, total_count: int, results: list[JSON]) -> JSONObject:
    return {"total_count": total_count, "results": results} if page.limit else {"results": results}


def _distinct(rows: Rows, segments: Segments, budget: StepBudget) -> list[JSON]:
    values: list[Value] = []
    for row in rows if segments[0] in FIELDS else ():
        for value in reach(row, segments, budget):
            values += value if isinstance(value, list) else [value]
    budget.spend(len(values))
    return [printed(value, budget) for value in distinct(values, budget)]


def _run(stage: Stage, rows: Rows, budget: StepBudget, *, are_documents: bool) -> Rows:
    budget.spend(len(rows))
    match stage:
        case Unwind((field,)) if (
            are_documents and field in FIELDS and not isinstance(rows, UnwoundRows)
        ):
            return unwound_documents(rows, field, budget)
        case Unwind(segments):
            return list(unwound(rows, segments, budget))
        case Group():
            return grouped(rows, stage, budget)
        case Count(name):
            return [{name: len(rows)}] if len(rows) else []
        case Order(keys):
            return ordered(rows, keys, lambda row: row, budget)
        case Project():
            return projected(rows, stage, budget)
        case Slice(start, stop):
            return rows[start:stop]
