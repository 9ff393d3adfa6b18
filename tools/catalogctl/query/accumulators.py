"""Compute a group field's value from the values of one group, by operator (query spec 8)."""

from __future__ import annotations

import functools
import math
import operator
from typing import TYPE_CHECKING, cast

from catalogctl.query.query_errors import UnfitError
from catalogctl.query.query_values import MISSING, NUMBERS, Value, double, key, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.query_limits import StepBudget

    Accumulator = Callable[[list[Value], StepBudget], JSON]


def _numbers(values: list[Value]) -> list[float]:
    return [double(cast("float", value)) for value in values if type(value) in NUMBERS]


def _total(numbers: list[float]) -> float:
    """Return the sum, added in row order; since Python 3.12, `sum` compensates for rounding."""
    return functools.reduce(operator.add, numbers, 0.0)


def _finite(number: float) -> int | float:
    if not math.isfinite(number):
        raise UnfitError("the result is larger than a number can be")
    return plain(number)


def _average(values: list[Value], _: StepBudget) -> JSON:
    numbers = _numbers(values)
    return _finite(_total(numbers) / len(numbers)) if numbers else None


def _present(values: list[Value]) -> list[JSON]:
    return [value for value in values if value is not None and value is not MISSING]


def _or_null(value: Value) -> JSON:
    return None if value is MISSING else value


def distinct(values: list[Value], budget: StepBudget) -> list[JSON]:
    """Return the distinct values that are not missing, in the cross-type order (D-A3)."""
    found: dict[tuple[object, ...], JSON] = {}
    for value in values:
        if value is not MISSING:
            found.setdefault(key(value, budget), value)
    return [found[value_key] for value_key in sorted(found)]


def _merge_objects(values: list[Value], budget: StepBudget) -> JSON:
    merged: JSONObject = {}
    for value in _present(values):
        if not isinstance(value, dict):
            raise UnfitError("a value is not an object")
        budget.make(len(value))
        merged.update(value)
    return merged


ACCUMULATORS: dict[str, Accumulator] = {
    "sum": lambda values, _: _finite(_total(_numbers(values))),
    "average": _average,
    "max": lambda values, budget: max(
        _present(values), key=lambda value: key(value, budget), default=None
    ),
    "min": lambda values, budget: min(
        _present(values), key=lambda value: key(value, budget), default=None
    ),
    "first": lambda values, _: _or_null(values[0]),
    "last": lambda values, _: _or_null(values[-1]),
    "add_to_set": lambda values, budget: [*distinct(values, budget)],
    "merge_objects": _merge_objects,
}
