"""What the operators of a group's field make of the values of one group (query spec 8)."""

from __future__ import annotations

import functools
import math
import operator
from typing import TYPE_CHECKING, cast

from catalogctl.query.query_values import MISSING, NUMBERS, Value, double, key, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.query_limits import StepBudget

    Accumulator = Callable[[list[Value], StepBudget], JSON]


def _numbers(values: list[Value]) -> list[float]:
    return [double(cast("float", value)) for value in values if type(value) in NUMBERS]


def _sum(values: list[Value], _: StepBudget) -> JSON:
    return _finite(_total(_numbers(values)))


def _average(values: list[Value], _: StepBudget) -> JSON:
    numbers = _numbers(values)
    return _finite(_total(numbers) / len(numbers)) if numbers else None


def _total(numbers: list[float]) -> float:
    """Add numbers in the order of the rows; `sum` would compensate from Python 3.12 on."""
    return functools.reduce(operator.add, numbers, 0.0)


def _finite(number: float) -> int | float:
    if not math.isfinite(number):
        raise ValueError("the result is larger than a number can be")
    return plain(float(number))


def _present(values: list[Value]) -> list[JSON]:
    return [value for value in values if value is not None and value is not MISSING]


def _max(values: list[Value], budget: StepBudget) -> JSON:
    return max(_present(values), key=lambda value: key(value, budget), default=None)


def _min(values: list[Value], budget: StepBudget) -> JSON:
    return min(_present(values), key=lambda value: key(value, budget), default=None)


def _first(values: list[Value], _: StepBudget) -> JSON:
    return None if values[0] is MISSING else values[0]


def _last(values: list[Value], _: StepBudget) -> JSON:
    return None if values[-1] is MISSING else values[-1]


def distinct(values: list[Value], budget: StepBudget) -> list[JSON]:
    """Return the distinct values that are not missing, in the order across all types (D-A3)."""
    found: dict[tuple[object, ...], JSON] = {}
    for value in values:
        if value is not MISSING:
            found.setdefault(key(value, budget), value)
    return [found[value_key] for value_key in sorted(found)]


def _add_to_set(values: list[Value], budget: StepBudget) -> JSON:
    return distinct(values, budget)


def _merge_objects(values: list[Value], budget: StepBudget) -> JSON:
    merged: JSONObject = {}
    for value in _present(values):
        if not isinstance(value, dict):
            raise ValueError("a value is no object")  # noqa: TRY004  (one way out for all operators)
        budget.make(len(value))
        merged.update(value)
    return merged


ACCUMULATORS: dict[str, Accumulator] = {
    "sum": _sum,
    "average": _average,
    "max": _max,
    "min": _min,
    "first": _first,
    "last": _last,
    "add_to_set": _add_to_set,
    "merge_objects": _merge_objects,
}
