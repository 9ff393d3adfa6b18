"""Filters and documents in, the indexes of the documents that pass out (query spec 3).

A condition narrows a list of indexes, so that the usual ones, on a field of strings or dates, are
one comprehension over one column. Every other way through this module is the general rule.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from catalogctl.query.candidates import LETTERS, SYMBOLS, candidate_test
from catalogctl.query.documents import PLAIN
from catalogctl.query.field_paths import Field, reach
from catalogctl.query.model import Compare, Contain, Equal, Exist, Find, Match, OneOf
from catalogctl.query.query_times import TimeDiff

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalogctl.query.documents import Documents
    from catalogctl.query.model import Condition, Filters
    from catalogctl.query.query_limits import Budget
    from catalogctl.query.query_times import Instant
    from catalogctl.query.query_values import Value

    Indexes = Sequence[int]
    Holds = Callable[[Value], bool]


def passing(filters: Filters, documents: Documents, *, now: Instant, budget: Budget) -> Indexes:
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
    condition: Condition, indexes: Indexes, *, documents: Documents, now: Instant, budget: Budget
) -> list[int]:
    """Return those of the indexes at which a condition holds."""
    budget.spend(len(indexes) * _weight(condition))
    found = _short_cut(condition, indexes, documents, now, budget)
    if found is not None:
        return found
    path, test, negated = condition.path, condition.test, condition.negated
    column = documents.column(path.field)
    if isinstance(test, Match):
        holds = _match(test, now, budget)
    elif not path.rest and documents.kinds(path.field) in PLAIN:
        holds = candidate_test(test, now, budget)
        return [index for index in indexes if holds(column[index]) is not negated]
    else:
        holds = candidate_test(test, now, budget)
        if not isinstance(test, Exist):
            holds = partial(_any_candidate, holds=holds, budget=budget)
    return [
        index
        for index in indexes
        if _any_reached(reach(column[index], path.rest), holds, budget) is not negated
    ]


BELOW = 4
"""What it takes to look below a field, in looks at a field."""
ELEMENTS = 16
"""How many elements of a list Python looks through in one step."""


def _weight(condition: Condition) -> int:
    test = condition.test
    if isinstance(test, Contain):
        return len(test.texts)
    if isinstance(test, Find):
        return len(test.patterns)
    return 1 if not condition.path.rest else BELOW + len(condition.path.rest)


def _any_reached(reached: list[Value], holds: Holds, budget: Budget) -> bool:
    budget.spend(len(reached))
    return any(map(holds, reached))


def _any_candidate(value: Value, holds: Holds, budget: Budget) -> bool:
    """Say whether a test holds of a reached value or, if it is a list, of an element."""
    if not isinstance(value, list):
        return holds(value)
    budget.spend(len(value))
    return holds(value) or any(map(holds, value))


def _match(test: Match, now: Instant, budget: Budget) -> Holds:
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


def _short_cut(
    condition: Condition, indexes: Indexes, documents: Documents, now: Instant, budget: Budget
) -> list[int] | None:
    """Answer the usual conditions on a whole field in one comprehension, None for the others."""
    path, test, negated = condition.path, condition.test, condition.negated
    if path.rest:
        return None
    column, kinds = documents.column(path.field), documents.kinds(path.field)
    if kinds == {list} and path.kind is Field.LABELS and isinstance(test, Equal):
        budget.spend(_elements(column, indexes) // ELEMENTS)
        return _labelled(column, test.value, indexes, negated=negated)
    if kinds not in PLAIN:
        return None
    if isinstance(test, Contain) and len(test.texts) == 1:
        budget.spend(len(indexes) * documents.length(path.field) // LETTERS)
        return _containing(documents.folded(path.field), test.texts[0], indexes, negated=negated)
    if isinstance(test, Compare) and len(kinds) == 1:
        bound = test.bound.at(now) if isinstance(test.bound, TimeDiff) else test.bound
        compares = SYMBOLS[test.comparison]
        if type(bound) in kinds:
            return [index for index in indexes if compares(column[index], bound)]  # type: ignore[arg-type]  # of one type
    if isinstance(test, (Equal, OneOf)):
        values = (test.value,) if isinstance(test, Equal) else test.values
        if all(value is None or type(value) in kinds for value in values):
            return _equalling(column, values, indexes, negated=negated)
    return None


def _elements(column: list[Value], indexes: Indexes) -> int:
    """Return how many elements the lists at some indexes have together."""
    return sum(len(value) for index in indexes if isinstance(value := column[index], list))


def _labelled(
    column: list[Value], value: Value, indexes: Indexes, *, negated: bool
) -> list[int] | None:
    if not isinstance(value, str):
        return None
    return [index for index in indexes if (value in column[index]) is not negated]  # type: ignore[operator]  # lists


def _containing(
    folded: list[str | None], text: str, indexes: Indexes, *, negated: bool
) -> list[int]:
    return [
        index
        for index in indexes
        if ((value := folded[index]) is not None and text in value) is not negated
    ]


def _equalling(
    column: list[Value], values: tuple[Value, ...], indexes: Indexes, *, negated: bool
) -> list[int]:
    """Compare by Python's own equality, which is the query's among strings, dates and null."""
    wanted = frozenset(values)
    if negated:
        return [index for index in indexes if column[index] not in wanted]
    return [index for index in indexes if column[index] in wanted]
