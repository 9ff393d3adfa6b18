"""Find the fields of query documents that a query looks at, so that others need not be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.query.field_paths import FIELDS
from catalogctl.query.model import Count, Group, ListQuery, Order, Project, Slice, Unwind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.query.field_paths import Segments
    from catalogctl.query.model import Stage, StatQuery

ALL = frozenset(FIELDS)


def named_fields(query: ListQuery | StatQuery) -> frozenset[str]:
    """Return the fields that a query filters, sorts, groups and counts by.

    All of them if it returns documents. The rows of a list are whole plugins,
    whatever their documents have.
    """
    filters = query.filters
    filtered = {each.segments[0] for each in (*filters.all_of, *filters.any_of)}
    if isinstance(query, ListQuery):
        return ALL & {*filtered, *(each.segments[0] for each in query.sort)}
    if not query.stages:
        return ALL & {*filtered, *query.distinct[:1]}
    return _of_stages(query.stages, filtered)


def _of_stages(stages: Iterable[Stage], named: Iterable[str]) -> frozenset[str]:
    """Return the fields that the stages look at up to the first that makes rows of its own."""
    found = {*named}
    for stage in stages:
        match stage:
            case Unwind(segments):
                found.add(segments[0])
            case Order(keys):
                found.update(each.segments[0] for each in keys)
            case Group() | Project():
                return ALL & {*found, *(path[0] for path in _paths(stage) if path)}
            case Count():
                return ALL & found
            case Slice():
                pass
    return ALL


def _paths(stage: Group | Project) -> Iterator[Segments]:
    """Yield the paths that a stage, the first of its kind, makes its rows of."""
    for field in stage.fields:
        yield field.segments
    if isinstance(stage, Project):
        return
    for key in stage.keys:
        yield key.segments
    for field in stage.fields:
        yield from (path for path, _ in field.fields)
        yield from (each.segments for each in field.conditions)
