"""The rows of all plugins in; the facets with their values, and the counts of the whole, out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.publish.endpoints import INDEX, LIST, STAT, filled
from catalogctl.publish.site import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.publish.values import Row


class FacetKind(NamedTuple):
    """A field that has pages of its own: the API's name, the folder, the words for it."""

    field: str
    folder: str
    title: str
    plural: str

    @property
    def stat(self) -> str:
        """The name of the built-in query that counts its values."""
        return "by-" + self.title.lower().replace(" ", "-")


FACETS = (
    FacetKind("service_type", "service-types", "Service type", "service types"),
    FacetKind("provider", "providers", "Provider", "providers"),
    FacetKind("labels", "labels", "Label", "labels"),
    FacetKind("state", "states", "State", "states"),
    FacetKind("registry_type", "registry-types", "Registry type", "registry types"),
)


class Value(NamedTuple):
    """A value of a facet: itself, its text for people, its path segment, its plugins in order."""

    value: str
    text: str
    segment: str
    rows: list[Row]

    @property
    def figure(self) -> str:
        """The number of its plugins, as a page shows it."""
        return f"{len(self.rows):,}"


@dataclass(frozen=True, slots=True)
class Facet:
    """A field with its values, the most used first."""

    kind: FacetKind
    found: tuple[Value, ...]


def facets(rows: Sequence[Row], segments: Mapping[tuple[str, str], str]) -> tuple[Facet, ...]:
    """Return every facet with its values by count, then by value."""
    return tuple(_facet(kind, rows, segments) for kind in FACETS)


def _facet(kind: FacetKind, rows: Sequence[Row], segments: Mapping[tuple[str, str], str]) -> Facet:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for value in _values(row, kind.field):
            found[value].append(row)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return Facet(
        kind,
        tuple(
            Value(value, words.SHOWN.get(value, value), segments[kind.field, value], plugins)
            for value, plugins in ordered
        ),
    )


def _values(row: Row, field: str) -> Iterator[str]:
    """Yield the values that a plugin has in the field, each once."""
    if field == "labels":
        yield from dict.fromkeys(row.labels)
    elif value := getattr(row, field):
        yield value


def tiles(rows: Sequence[Row], found: tuple[Facet, ...]) -> list[tuple[str, str, str]]:
    """Return (words, figure, the file that it is counted in) of the tiles of the statistics."""
    enabled = sum(row.state == "ENABLED" for row in rows)
    values = {facet.kind.field: len(facet.found) for facet in found}
    figures = (
        ("plugins", len(rows), LIST),
        ("enabled", enabled, _stat("by-state")),
        ("disabled", len(rows) - enabled, _stat("by-state")),
        ("service types", values["service_type"], _stat("by-service-type")),
        ("providers", values["provider"], _stat("by-provider")),
        # It says each plugin's newest version, or that there is none, or names the files that do.
        ("with a version", sum(row.latest_version is not None for row in rows), INDEX),
    )
    return [(text, f"{figure:,}", path) for text, figure, path in figures]


def _stat(name: str) -> str:
    """Return the path of the answer of a built-in query."""
    return filled(STAT, {"name": name})
