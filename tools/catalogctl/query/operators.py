"""Define the operators of a condition as one table (query spec 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
