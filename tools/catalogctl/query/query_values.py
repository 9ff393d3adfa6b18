"""Compare, order, case-fold and print the values that conditions and stages use.

Types in order: missing, null, number, string, object, list, boolean, date (query spec 6).
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

import rfc8785

from catalogctl.query.query_limits import JSON_STEP
from catalogctl.query.query_times import Instant, written

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.query_limits import StepBudget


class Missing(Enum):
    """The marker for a member that does not exist, as opposed to null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
Value: TypeAlias = "JSON | Missing"
Key: TypeAlias = tuple[object, ...]
"""What values are sorted and grouped by: equal values have equal keys, and keys are ordered."""

NUMBERS = frozenset({int, float})
NULL_KEY: Final[Key] = (1,)
_MISSING_KEY: Final[Key] = (0,)
_EXACT = 2**53


def double(value: float) -> float:
    """Return a number as a double, which all numbers are (query spec 1)."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def plain(number: float) -> int | float:
    """Return a computed number as an integer if it is one: 2 for 2.0."""
    return int(number) if number.is_integer() and abs(number) <= _EXACT else number


def key(value: Value, budget: StepBudget) -> Key:
    """Return what a value is sorted and grouped by, across all types (query spec 6)."""
    kind = type(value)
    if kind is str:
        return (3, value)
    if value is None:
        return NULL_KEY
    if value is MISSING:
        return _MISSING_KEY
    if isinstance(value, bool):
        return (6, value)
    if isinstance(value, Instant):
        return (7, int(value))
    if isinstance(value, (int, float)):
        return (2, double(value))
    if isinstance(value, list):
        budget.spend(1 + len(value))
        return (5, tuple([key(element, budget) for element in value]))
    return (4, json_text(value, budget))


def json_text(value: JSON, budget: StepBudget) -> str:
    """Return a value as JSON with sorted keys, so that equal values have equal texts (D-A3)."""
    budget.spend(1)
    if isinstance(value, (dict, list)):
        text = _collection_text(value, budget)
        budget.spend(len(text) // JSON_STEP)
        return text
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Instant):
        return _string(written(value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return rfc8785.dumps(double(value)).decode()
    return json.dumps(value)


def _collection_text(value: JSONObject | list[JSON], budget: StepBudget) -> str:
    if isinstance(value, list):
        return f"[{','.join(json_text(item, budget) for item in value)}]"
    members = (f"{_string(name)}:{json_text(value[name], budget)}" for name in sorted(value))
    return f"{{{','.join(members)}}}"


def fold(text: str) -> str:
    """Return a text with simple case folding, which maps each character to one character.

    Full folding would map «ß» to «ss» and «İ» to two characters (query spec 3.2).
    """
    if text.isascii():
        return text.lower()
    folded = text.casefold()
    return folded if len(folded) == len(text) else "".join(map(_fold_character, text))


def _fold_character(char: str) -> str:
    for folded in (char.casefold(), char.lower()):
        if len(folded) == 1:
            return folded
    return char


def printed(value: JSON, budget: StepBudget) -> JSON:
    """Return a value as answers show it, with dates as text at any depth."""
    budget.make(1)
    if isinstance(value, Instant):
        return written(value)
    if isinstance(value, dict):
        return {name: printed(member, budget) for name, member in value.items()}
    if isinstance(value, list):
        return [printed(element, budget) for element in value]
    return value


_string = json.encoder.encode_basestring
