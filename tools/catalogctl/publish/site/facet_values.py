"""Collect the fields that plugins are listed by, with their values and display texts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.publish.site import links
from catalogctl.publish.site.avatars import glyph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.site.texts import Texts


_HOSTS = 3
"""Registries of one type that are named; the rest are counted."""


class FacetKind(NamedTuple):
    """A field with its own pages: its name in the API, the folder, and the keys of its texts."""

    field: str
    folder: str
    title: str
    heading: str
    counted: str

    @property
    def stat(self) -> str:
        """The name of the built-in query that counts the field's values."""
        return "by-" + self.folder.removesuffix("s")


FACETS = (
    FacetKind(
        *("service_type", "service-types", "service_type", "by_service_type"),
        "count_service_types",
    ),
    FacetKind("provider", "providers", "provider", "by_provider", "count_providers"),
    FacetKind("labels", "labels", "label", "by_label", "count_labels"),
    FacetKind("state", "states", "state", "by_state", "count_states"),
    FacetKind(
        *("registry_type", "registry-types", "registry_type", "by_registry_type"),
        "count_registry_types",
    ),
)


WORDED = ("service_type", "provider")
"""The fields whose values are shown in words (site design, 3)."""
DEPRECATED = "DEPRECATED"
"""What the search calls the deprecated plugins; the API has no such state, and no list of them."""


class Value(NamedTuple):
    """A value of a facet, its text, path segment, plugins and number of plugins."""

    value: str
    text: str
    segment: str
    rows: Sequence[PluginSummary]
    figure: str


class Choice(NamedTuple):
    """A row of a facet: all values with the same text.

    `value` and `segment` are those of the most used one; a segment of "" means no page. `glyph` is
    that of a service type.
    """

    text: str
    value: str
    segment: str
    figure: str
    glyph: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A field with its values, most used first, and its display texts.

    `choices` are the rows beside a list, `figure` is their number.
    """

    kind: FacetKind
    title: str
    heading: str
    figure: str
    found: tuple[Value, ...]
    choices: tuple[Choice, ...]


def registry_types(rows: Rows, t: Texts) -> dict[str, str]:
    """Return the registries that each registry type stands for in this catalog.

    The API has two types, and either may be used with any registry.
    """
    named = {}
    for value, plugins in rows.groups["registry_type"].items():
        hosts = Counter(links.registry_name(row.registry_url, t) for row in plugins)
        ordered = sorted(hosts, key=lambda host: (-hosts[host], host))
        rest = len(ordered) - _HOSTS
        more = t.counted("more_values", rest) if rest > 0 else ""
        if ordered:
            named[value] = ", ".join(ordered[:_HOSTS]) + more
    return named


def facets(rows: Rows, t: Texts) -> tuple[Facet, ...]:
    """Return every facet with its values sorted by count, then value; omit unused values."""
    return tuple(_facet(kind, rows, t) for kind in FACETS)


def shown(field: str, value: str, t: Texts) -> str:
    """Return the display text of a field's value."""
    if field in WORDED:
        return t.words.of(value)
    return value if field == "labels" else t.shown(value)


def _facet(kind: FacetKind, rows: Rows, t: Texts) -> Facet:
    found = [(value, plugins) for value, plugins in rows.groups[kind.field].items() if plugins]
    ordered = sorted(found, key=lambda item: (-len(item[1]), item[0]))
    values = tuple(
        Value(
            *(value, shown(kind.field, value, t), rows.segments[kind.field, value]),
            plugins,
            t.number(len(plugins)),
        )
        for value, plugins in ordered
    )
    choices = _choices(kind.field, values, t)
    deprecated = sum(row.deprecated is not None for row in rows.ordered)
    if kind.field == "state" and deprecated:
        text = t("deprecated")
        choices = (*choices, Choice(text, DEPRECATED, "", t.number(deprecated), ""))
    return Facet(kind, t(kind.title), t(kind.heading), t.number(len(choices)), values, choices)


def _choices(field: str, values: tuple[Value, ...], t: Texts) -> tuple[Choice, ...]:
    """Return the rows of a facet, most used first, then by text."""
    by_text: dict[str, list[Value]] = {}
    for value in values:
        by_text.setdefault(value.text, []).append(value)
    counts = {text: sum(len(each.rows) for each in same) for text, same in by_text.items()}
    return tuple(
        Choice(
            *(text, by_text[text][0].value, by_text[text][0].segment),
            t.number(counts[text]),
            glyph(by_text[text][0].value) if field == "service_type" else "",
        )
        for text in sorted(by_text, key=lambda text: (-counts[text], text))
    )
