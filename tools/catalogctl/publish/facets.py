"""Find the values that plugins can be listed by and a path segment for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.publish.path_segments import segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
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
    return {
        (field, value): segment
        for field, groups in _groups(plugins).items()
        for value, segment in segments({value: len(rows) for value, rows in groups.items()}).items()
    }


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
    ordered = sorted(rows, key=lambda row: (row.name, row.plugin_id))
    groups = {field: dict(sorted(values.items())) for field, values in _groups(ordered).items()}
    return Rows(ordered, groups, segments)


def _groups(rows: Iterable[PluginSummary]) -> dict[str, dict[str, list[PluginSummary]]]:
    """Return the rows with each value of each field, keeping their order.

    A missing provider does not count as a value. A label that a plugin has twice counts once.
    """
    found: dict[str, dict[str, list[PluginSummary]]] = {field: {} for field in FIELDS}
    for field, value in ALWAYS:
        found[field][value] = []
    for row in rows:
        for field in SINGLE:
            if value := getattr(row, field):
                found[field].setdefault(value, []).append(row)
        for label in dict.fromkeys(row.labels):
            found["labels"].setdefault(label, []).append(row)
    return found
