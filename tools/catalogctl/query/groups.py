"""Group rows by keys (query spec 8, group)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from catalogctl.errors import ApiError
from catalogctl.query.accumulators import ACCUMULATORS
from catalogctl.query.matching import SYMBOLS
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
        raise ApiError("ERROR_DB_QUERY", f"{path} is not a date in every row", stage.pointer)
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
        if passes is None:
            return [len(members) for members in groups]
        return [sum(passes[position] for position in members) for members in groups]
    if field.operator == "push":
        return _pushed(table, field, groups, budget)
    column = table.values(field.segments)
    if passes is not None:
        # A row that fails gives 0, and average divides by it too (query spec 8, conditions).
        column = [value if passed else 0 for value, passed in zip(column, passes, strict=True)]
    accumulate = ACCUMULATORS[field.operator]
    try:
        return [accumulate([column[n] for n in members], budget) for members in groups]
    except ValueError as error:
        message = f"{field.operator} of {'.'.join(field.segments)}: {error}"
        raise ApiError("ERROR_DB_QUERY", message, stage.pointer) from error


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


def _passes(
    table: Table, conditions: Iterable[GroupCondition], budget: StepBudget
) -> list[bool] | None:
    """Return whether each row meets all conditions, None when there are none."""
    passes: list[bool] | None = None
    for condition in conditions:
        budget.spend(len(table))
        bound, compares = key(condition.value, budget), SYMBOLS[condition.operator]
        column = table.values(condition.segments)
        met = [compares(key(value, budget), bound) for value in column]
        passes = met if passes is None else [a and b for a, b in zip(passes, met, strict=True)]
    return passes
