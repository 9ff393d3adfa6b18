"""Group rows by keys (query spec 8, group)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from catalogctl.query.accumulators import ACCUMULATORS
from catalogctl.query.date_formats import formatted
from catalogctl.query.matching import SYMBOLS
from catalogctl.query.query_errors import bad, stage_errors
from catalogctl.query.query_times import Instant
from catalogctl.query.query_values import MISSING, Key, Value, key
from catalogctl.query.rows import column, from_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.model import Group, GroupCondition, GroupField, GroupKey
    from catalogctl.query.query_limits import StepBudget
    from catalogctl.query.rows import Rows

    Members: TypeAlias = list[int]
    """The positions of a group's rows in the table, in the table's order."""


def grouped(rows: Rows, stage: Group, budget: StepBudget) -> list[JSONObject]:
    """Return one row per distinct tuple of keys, ordered by that tuple (D-A1)."""
    budget.spend(len(rows) * (1 + len(stage.keys) + len(stage.fields)))
    columns = [(group_key.name, _key_column(rows, group_key, stage)) for group_key in stage.keys]
    groups = _partition(len(rows), [values for _, values in columns], budget)
    made = from_columns(columns, [members[0] for members in groups])
    for field in stage.fields:
        for row, value in zip(made, _field(rows, field, groups, stage, budget), strict=True):
            row[field.name] = value
    return made


def _key_column(rows: Rows, group_key: GroupKey, stage: Group) -> list[Value]:
    values, date_format = column(rows, group_key.segments), group_key.date_format
    if date_format is None:
        return values
    if not all(isinstance(value, Instant) or value is None or value is MISSING for value in values):
        path = ".".join(group_key.segments)
        raise bad(f"{path} is not a date in every row", stage.pointer)
    return [
        formatted(date_format, value) if isinstance(value, Instant) else None for value in values
    ]


def _partition(length: int, columns: list[list[Value]], budget: StepBudget) -> list[Members]:
    """Return the groups, in the cross-type order of their keys."""
    groups: defaultdict[tuple[Key, ...], Members] = defaultdict(list)
    keys = [[key(value, budget) for value in values] for values in columns]
    for position, label in enumerate(zip(*keys, strict=True) if keys else [()] * length):
        groups[label].append(position)
    return [groups[label] for label in sorted(groups)]


def _field(
    rows: Rows, field: GroupField, groups: list[Members], stage: Group, budget: StepBudget
) -> Iterable[JSON]:
    """Return the value of one field for each group."""
    if field.operator == "count" and not field.conditions:
        return map(len, groups)
    passes = _passes(rows, field.conditions, budget)
    if field.operator == "count":
        return [sum(passes[position] for position in members) for members in groups]
    if field.operator == "push":
        return _pushed(rows, field, groups, budget)
    # A row that fails counts as 0, and average divides by it too (query spec 8, conditions).
    values = zip(column(rows, field.segments), passes, strict=True)
    met = [value if passed else 0 for value, passed in values]
    accumulate = ACCUMULATORS[field.operator]
    with stage_errors(field.operator, field.segments, stage.pointer):
        return [accumulate([met[n] for n in members], budget) for members in groups]


def _pushed(
    rows: Rows, field: GroupField, groups: list[Members], budget: StepBudget
) -> Iterable[JSON]:
    budget.make(len(rows) * len(field.fields))
    columns = [(name, column(rows, segments)) for segments, name in field.fields]
    return [[*from_columns(columns, members)] for members in groups]


def _passes(rows: Rows, conditions: Iterable[GroupCondition], budget: StepBudget) -> list[bool]:
    """Return whether each row meets all conditions."""
    passes = [True] * len(rows)
    for condition in conditions:
        budget.spend(len(rows))
        bound, compares = key(condition.value, budget), SYMBOLS[condition.operator]
        for position, value in enumerate(column(rows, condition.segments)):
            passes[position] &= compares(key(value, budget), bound)
    return passes
