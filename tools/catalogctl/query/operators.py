"""Define the operators of a condition as one table (query spec 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from catalogctl.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


class Family(Enum):
    """What an operator tests; the operators of a family read their value in the same way."""

    EQUAL = "eq"
    ONE_OF = "in"
    COMPARE = "lt"
    EXIST = "exists"
    CONTAIN = "contain"
    MATCH = "match"
    REGEX = "regex"
    DATETIME = "datetime"
    TIMEDIFF = "timediff"


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: its family, whether it takes a list, whether its result is negated."""

    name: str
    family: Family
    takes_list: bool = False
    negated: bool = False
    comparison: str = ""


COMPARISONS = ("lt", "lte", "gt", "gte")

OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("eq", Family.EQUAL),
        Operator("not", Family.EQUAL, negated=True),
        *(Operator(name, Family.COMPARE, comparison=name) for name in COMPARISONS),
        Operator("exists", Family.EXIST),
        Operator("contain", Family.CONTAIN),
        Operator("not_contain", Family.CONTAIN, negated=True),
        Operator("in", Family.ONE_OF, takes_list=True),
        Operator("not_in", Family.ONE_OF, takes_list=True, negated=True),
        Operator("contain_in", Family.CONTAIN, takes_list=True),
        Operator("not_contain_in", Family.CONTAIN, takes_list=True, negated=True),
        Operator("match", Family.MATCH),
        Operator("regex", Family.REGEX),
        Operator("regex_in", Family.REGEX, takes_list=True),
        *(Operator(f"datetime_{n}", Family.DATETIME, comparison=n) for n in COMPARISONS),
        *(Operator(f"timediff_{n}", Family.TIMEDIFF, comparison=n) for n in COMPARISONS),
    )
}

SYNONYMS = {
    **dict.fromkeys(("==", "=", "equals"), "eq"),
    **dict.fromkeys(("!=", "<>", "ne", "neq", "not_eq", "not_equals"), "not"),
    "<": "lt",
    "<=": "lte",
    ">": "gt",
    ">=": "gte",
    "nin": "not_in",
    "like": "contain",
    "not_like": "not_contain",
}
"""What other query languages call an operator, in lower case."""

_TAKES = {
    Family.COMPARE: "it takes a single value",
    Family.EXIST: "it takes true or false",
    Family.MATCH: "it takes an object",
    Family.DATETIME: 'it takes a date, such as "2022-02-01"',
    Family.TIMEDIFF: 'it takes a time expression, such as "now-7d"',
}


LIST_HINTS = {
    name: _TAKES.get(each.family) or f'"{"in" if name == "eq" else f"{name}_in"}" does'
    for name, each in OPERATORS.items()
    if not each.takes_list
}
"""The hint for a list as a value, by the name of each operator that takes none."""


def operator_hint(name: str, known: Iterable[str], fallback: str) -> str:
    """Return a hint that names the operator that was meant, or `fallback` if none is near.

    A word that begins like a negation is never taken for an operator that is not one.
    """
    operators, meant = [*known], SYNONYMS.get(name.lower(), "")
    if name.lower().startswith(("n", "!")):
        operators = [each for each in operators if OPERATORS[each].negated]
    return did_you_mean(meant if meant in operators else name, operators, fallback)
