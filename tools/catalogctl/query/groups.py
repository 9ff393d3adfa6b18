"""Group rows by keys (query spec 8, group)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from catalogctl.query.accumulators import ACCUMULATORS
from catalogctl.query.matching import SYMBOLS
from catalogctl.query.query_errors import bad, stage_errors
from catalogctl.query.query_times import Instant
from catalogctl.query.query_values import MISSING, Key, Value, key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.model import Group, GroupCondition, GroupField, GroupKey
    from catalogctl.query.query_limits import StepBudget
    from catalogctl.query.row_tables import Table

    Members: TypeAlias = list[int]
    """The positions of a group's rows in the table, in the table's order."""


def grouped(table: Table, stage: Group, budget: StepBudget) -> list[JSONObject]:
    """Return one row per distinct tuple of keys, ordered by it (D-A1)."""
    budget.spend(len(table) * (1 + len(stage.keys) + len(stage.fields)))
    columns = [_key_column(table, group_key, stage) for group_key in stage.keys]
    groups = _partition(len(table), columns, budget)
    rows: list[JSONObject] = [
        {
            group_key.name: value
            for group_key, column in zip(stage.keys, columns, strict=True)
            if (value := column[members[0]]) is not MISSING
        }
        for members in groups
    ]
    for field in stage.fields:
        for row, value in zip(rows, _field(table, field, groups, stage, budget), strict=True):
            row[field.name] = value
    return rows


def _key_column(table: Table, group_key: GroupKey, stage: Group) -> list[Value]:
    column = table.values(group_key.segments)
    if group_key.date_format is None:
        return column
    return [_formatted(value, group_key, stage) for value in column]


def _formatted(value: Value, group_key: GroupKey, stage: Group) -> Value:
    if value is None or value is MISSING:
        return None
    if not isinstance(value, Instant) or group_key.date_format is None:
        path = ".".join(group_key.segments)
        raise bad(f"{path} is not a date in every row", stage.pointer)
    return group_key.date_format.of(value)


def _partition(length: int, columns: list[list[Value]], budget: StepBudget) -> list[Members]:
    """Return the groups, ordered by their keys across all types."""
    if not columns:
        return [list(range(length))] if length else []
    groups: dict[tuple[Key, ...], Members] = {}
    keys = ([key(value, budget) for value in column] for column in columns)
    for position, label in enumerate(zip(*keys, strict=True)):
        groups.setdefault(label, []).append(position)
    return [groups[label] for label in sorted(groups)]


def _field(
    table: Table, field: GroupField, groups: list[Members], stage: Group, budget: StepBudget
) -> Iterable[JSON]:
    """Return the value of one field for each group."""
    passes = _passes(table, field.conditions, budget)
    if field.operator == "count":
        return [sum(passes[position] for position in members) for members in groups]
    if field.operator == "push":
        return _pushed(table, field, groups, budget)
    # A row that fails gives 0, and average divides by it too (query spec 8, conditions).
    values = zip(table.values(field.segments), passes, strict=True)
    column = [value if passed else 0 for value, passed in values]
    accumulate = ACCUMULATORS[field.operator]
    with stage_errors(field.operator, field.segments, stage.pointer):
        return [accumulate([column[n] for n in members], budget) for members in groups]


def _pushed(
    table: Table, field: GroupField, groups: list[Members], budget: StepBudget
) -> Iterable[JSON]:
    budget.make(len(table) * len(field.fields))
    columns = [(name, table.values(segments)) for segments, name in field.fields]
    for members in groups:
        found: list[JSON] = [
            {name: value for name, column in columns if (value := column[n]) is not MISSING}
            for n in members
        ]
        yield found


def _passes(table: Table, conditions: Iterable[GroupCondition], budget: StepBudget) -> list[bool]:
    """Return whether each row meets all conditions."""
    passes = [True] * len(table)
    for condition in conditions:
        budget.spend(len(table))
        bound, compares = key(condition.value, budget), SYMBOLS[condition.operator]
        for position, value in enumerate(table.values(condition.segments)):
            passes[position] &= compares(key(value, budget), bound)
    return passes
