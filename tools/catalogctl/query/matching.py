"""Find the documents that pass filters (query spec 3)."""

from __future__ import annotations

import operator
from itertools import compress
from typing import TYPE_CHECKING

from catalogctl.query.field_paths import reach
from catalogctl.query.model import Compare, Contain, Equal, Exist, Find, Match
from catalogctl.query.query_limits import CONTAIN_STEP
from catalogctl.query.query_times import TimeDiff
from catalogctl.query.query_values import MISSING, Value, fold, key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalogctl.query.field_paths import Segments
    from catalogctl.query.model import Condition, Filters, Test
    from catalogctl.query.query_documents import Documents
    from catalogctl.query.query_limits import StepBudget
    from catalogctl.query.query_patterns import Pattern
    from catalogctl.query.query_times import Instant
    from catalogctl.query.query_values import Key

    Holds = Callable[[Value], bool]

SYMBOLS: dict[str, Callable[[Key, Key], bool]] = {
    "eq": operator.eq,
    "not": operator.ne,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
"""The function for each comparison operator, applied to two keys."""


def passing(
    filters: Filters, documents: Documents, *, now: Instant, budget: StepBudget
) -> list[int]:
    """Return the indexes of the documents that pass the filters, in their order.

    Each condition is held against all documents that those before it left to decide: it is the
    same number of steps as one document after the other.
    """
    left: list[int] = [*range(len(documents))]
    for condition in filters.all_of:
        holds = _holds(condition, documents, left, now, budget)
        left = [*compress(left, holds)]
    if not filters.any_of:
        return left
    passed: list[int] = []
    for condition in filters.any_of:
        holds = _holds(condition, documents, left, now, budget)
        passed += compress(left, holds)
        left = [*compress(left, map(operator.not_, holds))]
    return sorted(passed)


def _holds(
    condition: Condition,
    documents: Documents,
    positions: Sequence[int],
    now: Instant,
    budget: StepBudget,
) -> list[bool]:
    """Return for each of the documents at the positions whether a condition holds for it."""
    test, segments = _reached_test(condition.test, now, budget), condition.segments
    if len(segments) == 1:
        budget.spend(len(positions))
        values = documents.column(segments[0])
        return [test(values[position]) is not condition.negated for position in positions]
    rows = map(documents.rows.__getitem__, positions)
    return [any(map(test, reach(row, segments, budget))) is not condition.negated for row in rows]


def _reached_test(test: Test, now: Instant, budget: StepBudget) -> Holds:
    """Return a test of one of the values that a path reaches."""
    match test:
        case Exist():
            return lambda value: value is not MISSING
        case Match(members):
            return _match(members, budget)
        case Equal(values):
            holds = _equal(values, budget)
        case Compare(comparison, bound):
            moment = bound.at(now) if isinstance(bound, TimeDiff) else bound
            holds = _compare(comparison, moment, budget)
        case Contain(texts):
            holds = _contain(texts, budget)
        case Find(patterns):
            holds = _find(patterns, budget)
    return _any_candidate(holds, budget)


def _any_candidate(holds: Holds, budget: StepBudget) -> Holds:
    """Return a test of a reached value or, if it is a list, of its elements; missing is null."""

    def any_holds(value: Value) -> bool:
        if not isinstance(value, list):
            return holds(None if value is MISSING else value)
        budget.spend(len(value))
        return holds(value) or any(map(holds, value))

    return any_holds


def _match(members: tuple[tuple[Segments, Value], ...], budget: StepBudget) -> Holds:
    """Return a test of whether a reached value is a list with an element that has all members."""
    tests = [
        (segments, _any_candidate(_equal((value,), budget), budget)) for segments, value in members
    ]

    def fits(element: Value) -> bool:
        budget.spend(1)
        return isinstance(element, dict) and all(
            any(map(holds, reach(element, segments, budget))) for segments, holds in tests
        )

    return lambda value: isinstance(value, list) and any(map(fits, value))


def _equal(values: tuple[Value, ...], budget: StepBudget) -> Holds:
    keys = frozenset(key(value, budget) for value in values)
    passed_over = {dict, list} - set(map(type, values))
    return lambda candidate: type(candidate) not in passed_over and key(candidate, budget) in keys


def _compare(comparison: str, bound: Value, budget: StepBudget) -> Holds:
    """Return a test of candidates of the bound's type; a list or an object never passes."""
    compares, wanted = SYMBOLS[comparison], key(bound, budget)

    def holds(candidate: Value) -> bool:
        if isinstance(candidate, (dict, list)):
            return False
        found = key(candidate, budget)
        return found[0] == wanted[0] and compares(found, wanted)

    return holds


def _contain(texts: tuple[str, ...], budget: StepBudget) -> Holds:
    def holds(candidate: Value) -> bool:
        if not isinstance(candidate, str):
            return False
        budget.spend(len(texts) * (1 + len(candidate) // CONTAIN_STEP))
        folded = fold(candidate)
        return any(map(folded.__contains__, texts))

    return holds


def _find(patterns: tuple[Pattern, ...], budget: StepBudget) -> Holds:
    return lambda candidate: (
        isinstance(candidate, str) and any(each.found(candidate, budget) for each in patterns)
    )
