"""Find the documents that pass filters (query spec 3)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from catalogctl.query.candidates import candidate_test
from catalogctl.query.field_paths import reach
from catalogctl.query.model import Contain, Equal, Exist, Find, Match

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalogctl.query.documents import Documents
    from catalogctl.query.model import Condition, Filters
    from catalogctl.query.query_limits import StepBudget
    from catalogctl.query.query_times import Instant
    from catalogctl.query.query_values import Value

    Indexes = Sequence[int]
    Holds = Callable[[Value], bool]


def passing(filters: Filters, documents: Documents, *, now: Instant, budget: StepBudget) -> Indexes:
    """Return the indexes of the documents that pass all of `every` and one of `some`."""
    narrow = partial(_narrowed, documents=documents, now=now, budget=budget)
    indexes: Indexes = range(len(documents))
    for condition in filters.every:
        indexes = narrow(condition, indexes)
    if not filters.some:
        return indexes
    found: set[int] = set()
    for condition in filters.some:
        found.update(narrow(condition, [index for index in indexes if index not in found]))
    return [index for index in indexes if index in found]


def _narrowed(
    condition: Condition,
    indexes: Indexes,
    *,
    documents: Documents,
    now: Instant,
    budget: StepBudget,
) -> list[int]:
    """Return those of the indexes at which a condition holds."""
    budget.spend(len(indexes) * _weight(condition))
    test, segments = condition.test, condition.path.segments
    if isinstance(test, Match):
        holds = _match(test, now, budget)
    else:
        holds = candidate_test(test, now, budget)
        if not isinstance(test, Exist):
            holds = partial(_any_candidate, holds=holds, budget=budget)
    rows, negated, field = documents.rows, condition.negated, condition.path.field
    if not condition.path.rest:
        return [index for index in indexes if holds(rows[index][field]) is not negated]
    return [
        index
        for index in indexes
        if _any_reached(reach(rows[index], segments), holds, budget) is not negated
    ]


BELOW = 4
"""What it takes to look below a field, in looks at a field."""


def _weight(condition: Condition) -> int:
    test = condition.test
    if isinstance(test, Contain):
        return len(test.texts)
    if isinstance(test, Find):
        return len(test.patterns)
    return 1 if not condition.path.rest else BELOW + len(condition.path.rest)


def _any_reached(reached: list[Value], holds: Holds, budget: StepBudget) -> bool:
    budget.spend(len(reached))
    return any(map(holds, reached))


def _any_candidate(value: Value, holds: Holds, budget: StepBudget) -> bool:
    """Return whether a test holds of a reached value or, if it is a list, of an element."""
    if not isinstance(value, list):
        return holds(value)
    budget.spend(len(value))
    return holds(value) or any(map(holds, value))


def _match(test: Match, now: Instant, budget: StepBudget) -> Holds:
    """Return a test of a reached value: a list with one element that equals all members."""
    members = [
        (
            segments,
            partial(_any_candidate, holds=candidate_test(Equal(value), now, budget), budget=budget),
        )
        for segments, value in test.members
    ]

    def fits(element: Value) -> bool:
        budget.spend(1 + len(members))
        return isinstance(element, dict) and all(
            any(map(holds, reach(element, segments))) for segments, holds in members
        )

    return lambda value: isinstance(value, list) and any(map(fits, value))
