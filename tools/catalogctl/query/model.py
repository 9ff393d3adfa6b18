"""What a query is, once it is read: frozen values that say nothing wrong any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from catalogctl.query.field_paths import Segments
    from catalogctl.query.query_patterns import Pattern
    from catalogctl.query.query_times import TimeDiff
    from catalogctl.query.query_values import Value


@dataclass(frozen=True, slots=True)
class Equal:
    """Some candidate equals one of the values; null also means missing."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Some candidate of the bound's type is lt, lte, gt or gte than the bound."""

    comparison: str
    bound: Value | TimeDiff


@dataclass(frozen=True, slots=True)
class Contain:
    """Some candidate is a string that contains one of the texts, which are folded already."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Find:
    """Some candidate is a string in which one of the patterns is found."""

    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Exist:
    """The path reaches something that is not missing."""


@dataclass(frozen=True, slots=True)
class Match:
    """The path reaches a list, one element of which equals the values at all these sub-paths."""

    members: tuple[tuple[Segments, Value], ...]


Test: TypeAlias = Equal | Compare | Contain | Find | Exist | Match


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of a path; negated, it holds exactly where the test does not."""

    segments: Segments
    test: Test
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """All of `every` hold and, unless it is empty, one of `some`."""

    every: tuple[Condition, ...] = ()
    some: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of an order."""

    segments: Segments
    desc: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Rows `start` and up, counted from 1, at most `limit` of them; limit 0 is every row."""

    start: int = 1
    limit: int = 0

    @property
    def rows(self) -> slice:
        """Return which rows of a sequence these are."""
        first = self.start - 1
        return slice(first, first + self.limit) if self.limit else slice(None)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list asks for; `only` and `minimal` are the fields of a row, None is all of it."""

    filters: Filters
    sort: tuple[SortKey, ...] = ()
    page: Page = Page()
    count_only: bool = False
    minimal: bool = False
    only: tuple[Segments, ...] | None = None


@dataclass(frozen=True, slots=True)
class Unwind:
    """One row per element of the list at a path."""

    segments: Segments


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A key of a group: where it is read, what it is called, and how a date becomes a text."""

    segments: Segments
    name: str
    date_format: str | None = None


@dataclass(frozen=True, slots=True)
class GroupCondition:
    """A comparison of one whole value in the order across all types (query spec 8)."""

    segments: Segments
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class GroupField:
    """A field of a group's row; `fields` are the sub-fields of push."""

    name: str
    operator: str
    segments: Segments = ()
    fields: tuple[tuple[Segments, str], ...] = ()
    conditions: tuple[GroupCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """One row per distinct tuple of keys."""

    keys: tuple[GroupKey, ...]
    fields: tuple[GroupField, ...]
    pointer: str


@dataclass(frozen=True, slots=True)
class Count:
    """One row that tells how many there were."""

    name: str


@dataclass(frozen=True, slots=True)
class Order:
    """The rows in another order."""

    keys: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class ProjectField:
    """A field of a projected row: where it is read, and what is made of it."""

    segments: Segments
    name: str
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """Rows of the kept names and the fields, and nothing else."""

    kept: tuple[str, ...]
    fields: tuple[ProjectField, ...]
    pointer: str


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the rows: the first ones (limit), or all but the first ones (skip)."""

    start: int
    stop: int | None


Stage: TypeAlias = Unwind | Group | Count | Order | Project | Slice


@dataclass(frozen=True, slots=True)
class StatQuery:
    """What a stat asks for: stages, or, without any, the distinct values at a path."""

    filters: Filters
    stages: tuple[Stage, ...] = ()
    distinct: Segments = ()
    page: Page = Page()
