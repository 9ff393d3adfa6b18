"""Make a function of a test, which tells whether it holds of one candidate (query spec 3.2)."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

from catalogctl.query.model import Compare, Contain, Equal, Exist, Find, Match, OneOf, Test
from catalogctl.query.query_times import Instant, TimeDiff
from catalogctl.query.query_values import MISSING, NUMBERS, Value, double, fold, key

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.query.query_limits import StepBudget

    Holds = Callable[[Value], bool]

LETTERS = 16
"""How many letters of a text Python looks through in one step."""

SYMBOLS: dict[str, Callable[[float, float], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def candidate_test(test: Test, now: Instant, budget: StepBudget) -> Holds:
    """Return the function for a test that looks at candidates one by one."""
    match test:
        case Equal(value):
            return _equal(value, budget)
        case OneOf(values):
            return _one_of(values, budget)
        case Compare(comparison, bound):
            return _compare(comparison, bound.at(now) if isinstance(bound, TimeDiff) else bound)
        case Contain(texts):
            return _contain(texts, budget)
        case Find(patterns):
            return lambda value: (
                isinstance(value, str) and any(p.found(value, budget) for p in patterns)
            )
        case Exist():
            return lambda value: value is not MISSING
        case Match():
            raise TypeError("match looks at lists, not at candidates")


def _equal(value: Value, budget: StepBudget) -> Holds:
    kind = type(value)
    if value is None:
        return _is_nothing
    if kind is str:
        return lambda candidate: candidate == value
    if kind in NUMBERS and isinstance(value, (int, float)):
        number = double(value)
        return lambda candidate: _is_number(candidate) and double(candidate) == number  # type: ignore[arg-type]  # _is_number says so
    if kind in {bool, Instant}:
        return lambda candidate: type(candidate) is kind and candidate == value
    wanted = key(value, budget)
    return lambda candidate: type(candidate) is kind and key(candidate, budget) == wanted


def _one_of(values: tuple[Value, ...], budget: StepBudget) -> Holds:
    texts = frozenset(value for value in values if isinstance(value, str))
    others = frozenset(key(value, budget) for value in values if type(value) is not str)
    if None in values:
        others |= {key(MISSING, budget)}

    def holds(candidate: Value) -> bool:
        if isinstance(candidate, str):
            return candidate in texts
        return bool(others) and key(candidate, budget) in others

    return holds


def _compare(comparison: str, bound: Value) -> Holds:
    compares, kind = SYMBOLS[comparison], type(bound)
    if bound is None:
        return _is_nothing if comparison in {"lte", "gte"} else lambda _: False
    if kind in NUMBERS and isinstance(bound, (int, float)):
        number = double(bound)
        return lambda candidate: _is_number(candidate) and compares(double(candidate), number)  # type: ignore[arg-type]  # _is_number says so
    return lambda candidate: type(candidate) is kind and compares(candidate, bound)  # type: ignore[arg-type]  # of one type


def _contain(texts: tuple[str, ...], budget: StepBudget) -> Holds:
    def holds(candidate: Value) -> bool:
        if not isinstance(candidate, str):
            return False
        budget.spend(len(candidate) * len(texts) // LETTERS)
        folded = fold(candidate)
        return any(text in folded for text in texts)

    return holds


def _is_nothing(candidate: Value) -> bool:
    return candidate is None or candidate is MISSING


def _is_number(candidate: Value) -> bool:
    return type(candidate) in NUMBERS
