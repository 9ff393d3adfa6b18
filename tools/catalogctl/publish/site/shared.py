"""The rows of all plugins in; the values of lists, facets, statistics and the API page out."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.publish.site import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.values import Row

ROWS_OF_STAT = 20
AROUND = 2
_EXAMPLES = {"field": "state", "value": "ENABLED", "name": "by-state", "n": "1", "page": "1"}
_HOLE = re.compile(r"\{\+?(\w+)\}")


class FacetKind(NamedTuple):
    """A field that has pages of its own: the API's name, the folder, the words for it."""

    field: str
    folder: str
    title: str
    plural: str


FACETS = (
    FacetKind("service_type", "service-types", "Service type", "service types"),
    FacetKind("provider", "providers", "Provider", "providers"),
    FacetKind("labels", "labels", "Label", "labels"),
    FacetKind("state", "states", "State", "states"),
    FacetKind("registry_type", "registry-types", "Registry type", "registry types"),
)
_STATS = {
    "by-state": ("Plugins by state", "state"),
    "by-service-type": ("Plugins by service type", "service_type"),
    "by-provider": ("Plugins by provider", "provider"),
    "by-registry-type": ("Plugins by registry type", "registry_type"),
    "by-label": ("Most used labels", "labels"),
    "created-by-month": ("Registered by month", None),
}


class Value(NamedTuple):
    """A value of a facet: its text for people, its path segment, its plugins in base order."""

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
            Value(words.SHOWN.get(value, value), segments[kind.field, value], plugins)
            for value, plugins in ordered
        ),
    )


def _values(row: Row, field: str) -> Iterator[str]:
    """Yield the values that a plugin has in the field, each once."""
    if field == "labels":
        yield from dict.fromkeys(row.labels)
    elif value := getattr(row, field):
        yield value


def pager(number: int, pages: int, folder: str) -> list[tuple[int, str | None]]:
    """Return (page, path) of the pages to offer; path None stands for a gap."""
    near = {1, pages, *range(max(1, number - AROUND), min(pages, number + AROUND) + 1)}
    offered: list[tuple[int, str | None]] = []
    for page in sorted(near):
        if offered and page - offered[-1][0] > 1:
            offered.append((page - 1, None))
        offered.append((page, list_path(folder, page)))
    return offered


def list_path(folder: str, number: int) -> str:
    """Return the folder of a page of a list; the first page is the list's own address."""
    return folder if number == 1 else f"{folder}page/{number}/"


class Bar(NamedTuple):
    """One bar: its text, the facet page it leads to, its count, its width of 1,000."""

    text: str
    path: str
    figure: str
    width: int


class Stat(NamedTuple):
    """A stat as a page shows it: bars when it counts by one key, else a table."""

    name: str
    title: str
    key: str
    bars: list[Bar]
    columns: list[str]
    rows: list[list[str]]
    rest: str


def stats(
    answers: Mapping[str, JSONObject], segments: Mapping[tuple[str, str], str]
) -> Iterator[Stat]:
    """Yield each answer as a page shows it, in the order given."""
    for name, answer in answers.items():
        results = answer.get("results")
        found = results if isinstance(results, list) else []
        rows = [row for row in found if isinstance(row, dict)]
        title, field = _STATS.get(name, (name, None))
        newest_last = name == "created-by-month"
        shown = rows[-ROWS_OF_STAT:] if newest_last else rows[:ROWS_OF_STAT]
        left = len(rows) - len(shown)
        rest = f"{left:,} {'earlier' if newest_last else 'more'} in the JSON" if left else ""
        keys = list(dict.fromkeys(key for row in shown for key in row))
        if len(keys) == 2 and keys[1] == "count":  # noqa: PLR2004
            yield Stat(name, title, keys[0], _bars(shown, field, segments), [], [], rest)
        else:
            cells = [[_cell(row.get(key)) for key in keys] for row in shown]
            yield Stat(name, title, "", [], keys, cells, rest)


def _bars(
    rows: list[JSONObject], field: str | None, segments: Mapping[tuple[str, str], str]
) -> list[Bar]:
    """Return the bars of rows {key: value, "count": n}."""
    folders = {kind.field: kind.folder for kind in FACETS}
    counted = [
        (value, count if isinstance(count, int | float) else 0)
        for value, count in (row.values() for row in rows)
    ]
    most = max((count for _, count in counted), default=0) or 1
    bars = []
    for value, count in counted:
        text = "None" if value is None else _cell(value)
        segment = segments.get((field, text)) if field and value is not None else None
        bars.append(
            Bar(
                words.SHOWN.get(text, text),
                f"{folders[field]}/{segment}/" if field and segment else "",
                f"{count:,}",
                max(0, round(1000 * count / most)),
            )
        )
    return bars


def _cell(value: JSON) -> str:
    """Return a value as a cell shows it."""
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value).decode()


def tiles(rows: Sequence[Row], found: tuple[Facet, ...]) -> list[tuple[str, str]]:
    """Return (words, figure) of the counts at the top of the statistics."""
    enabled = sum(row.state == "ENABLED" for row in rows)
    values = {facet.kind.field: len(facet.found) for facet in found}
    figures = (
        ("plugins", len(rows)),
        ("enabled", enabled),
        ("disabled", len(rows) - enabled),
        ("service types", values["service_type"]),
        ("providers", values["provider"]),
        ("with a version", sum(row.latest_version is not None for row in rows)),
    )
    return [(text, f"{figure:,}") for text, figure in figures]


def endpoints(templates: Mapping[str, str], rows: Sequence[Row]) -> list[tuple[str, str, str]]:
    """Return (call, URL template, path of an example in this very catalog or "")."""
    known = dict(_EXAMPLES)
    if rows:
        known["plugin_id"] = rows[0].plugin_id
    found = []
    for call, template in templates.items():
        missing = [hole for hole in _HOLE.findall(template) if hole not in known]
        example = "" if missing else _HOLE.sub(lambda hole: known[hole[1]], template)
        found.append((call, template, example))
    return found
