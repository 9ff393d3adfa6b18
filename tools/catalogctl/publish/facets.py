"""Find the values that plugins can be listed by and a path segment for each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

from catalogctl.model.plugin_summary import base_key
from catalogctl.publish.path_segments import segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from catalogctl.model.plugin_summary import PluginSummary

    Segments: TypeAlias = Mapping[tuple[str, str], str]

FIELDS = ("state", "service_type", "provider", "registry_type", "labels")
"""The fields that have one list per value."""

SINGLE = FIELDS[:-1]
"""The fields with a single value; a plugin may have any number of labels."""

ALWAYS = (
    ("state", "ENABLED"),
    ("state", "DISABLED"),
    ("registry_type", "DOCKER_HUB"),
    ("registry_type", "AWS_PUBLIC_ECR"),
)
"""The values that have a list even if no plugin has them (product contract, 5)."""


def facet_segments(plugins: Iterable[PluginSummary]) -> dict[tuple[str, str], str]:
    """Return the path segment of each (field, value) of all plugins."""
    return segments_of(facet_counts(list(plugins)))


def facet_counts(plugins: Sequence[PluginSummary]) -> dict[str, Counter[str]]:
    """Return how many plugins have each value of each field."""
    counts: dict[str, Counter[str]] = {
        field: Counter(filter(None, map(attrgetter(field), plugins))) for field in SINGLE
    }
    counts["labels"] = Counter(chain.from_iterable(dict.fromkeys(each.labels) for each in plugins))
    for field, value in ALWAYS:
        counts[field][value] += 0
    return counts


def segments_of(counts: Mapping[str, Mapping[str, int]]) -> dict[tuple[str, str], str]:
    """Return the path segment of each (field, value); `counts` has their numbers of plugins."""
    return {
        (field, value): segment
        for field, values in counts.items()
        for value, segment in segments(values).items()
    }


def values_of(plugin: PluginSummary) -> Iterator[tuple[str, str]]:
    """Yield each (field, value) that a plugin is listed under.

    A missing provider does not count as a value. A label that a plugin has twice counts once.
    """
    for field in SINGLE:
        if value := getattr(plugin, field):
            yield field, value
    for label in dict.fromkeys(plugin.labels):
        yield "labels", label


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of all plugins, ordered and grouped for lists.

    `ordered` is in base order (name, then plugin_id, by code point). `groups` has the rows of each
    value of each field, values sorted by code point. `segments` is from `facet_segments`.
    """

    ordered: Sequence[PluginSummary]
    groups: Mapping[str, Mapping[str, Sequence[PluginSummary]]]
    segments: Segments


def in_order(rows: Iterable[PluginSummary], segments: Segments) -> Rows:
    """Return the rows of all plugins in base order and grouped by value."""
    ordered = sorted(rows, key=base_key)
    groups = {field: dict(sorted(values.items())) for field, values in _groups(ordered).items()}
    return Rows(ordered, groups, segments)


def _groups(rows: Iterable[PluginSummary]) -> dict[str, dict[str, list[PluginSummary]]]:
    """Return the rows with each value of each field, keeping their order."""
    found: dict[str, dict[str, list[PluginSummary]]] = {field: {} for field in FIELDS}
    for field, value in ALWAYS:
        found[field][value] = []
    for row in rows:
        for field, value in values_of(row):
            found[field].setdefault(value, []).append(row)
    return found
