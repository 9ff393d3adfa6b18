"""Define the frozen values that represent a parsed and checked query."""

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
    """At least one candidate equals one of the values; null also means missing."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """At least one candidate of the bound's type compares as lt, lte, gt or gte to the bound."""

    comparison: str
    bound: Value | TimeDiff


@dataclass(frozen=True, slots=True)
class Contain:
    """At least one candidate is a string that contains one of the texts, already case-folded."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Find:
    """At least one candidate is a string in which one of the patterns is found."""

    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Exist:
    """The path reaches a value that is not missing."""


@dataclass(frozen=True, slots=True)
class Match:
    """The path reaches a list with an element that has these values at these sub-paths."""

    members: tuple[tuple[Segments, Value], ...]


Test: TypeAlias = Equal | Compare | Contain | Find | Exist | Match


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of a path; if negated, it holds exactly where the test does not."""

    segments: Segments
    test: Test
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """All of `all_of` hold and, unless `any_of` is empty, at least one of `any_of` does."""

    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class SortKey:
    """One sort key."""

    segments: Segments
    desc: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Rows from `start` on, counted from 1, at most `limit` of them; limit 0 means all rows."""

    start: int = 1
    limit: int = 0

    @property
    def rows(self) -> slice:
        """Return the page as a slice of a sequence."""
        first = self.start - 1
        return slice(first, first + self.limit) if self.limit else slice(None)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A parsed list query; `only` and `minimal` select a row's fields; `only` None means all."""

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
    """A key of a group: its path, its name in the row, and the format of dates."""

    segments: Segments
    name: str
    date_format: str | None = None


@dataclass(frozen=True, slots=True)
class GroupCondition:
    """A comparison of one complete value in the cross-type order (query spec 8)."""

    segments: Segments
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class GroupField:
    """A field of a group's row; `fields` contains the sub-fields of push."""

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
    """One row with the number of rows."""

    name: str


@dataclass(frozen=True, slots=True)
class Order:
    """The rows, sorted."""

    keys: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class ProjectField:
    """A field of a projected row: its path, its name and the operator applied to it."""

    segments: Segments
    name: str
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """Rows with only the kept names and the fields."""

    kept: tuple[str, ...]
    fields: tuple[ProjectField, ...]
    pointer: str


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the rows: only the first ones (limit), or all but the first ones (skip)."""

    start: int
    stop: int | None


Stage: TypeAlias = Unwind | Group | Count | Order | Project | Slice


@dataclass(frozen=True, slots=True)
class StatQuery:
    """A parsed stat query: stages or, without stages, the distinct values at a path."""

    filters: Filters
    stages: tuple[Stage, ...] = ()
    distinct: Segments = ()
    page: Page = Page()
