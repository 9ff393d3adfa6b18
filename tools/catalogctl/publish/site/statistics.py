"""Prepare the answers of stat queries for the statistics page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.publish.site import charts
from catalogctl.publish.site.charts import Bar, Column, Counted, Segment
from catalogctl.publish.site.facet_values import WORDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.publish.site.texts import Texts

SHOWN = 20
"""The maximum number of rows in a table and bars in a chart; the rest is summed up."""
BUILT_IN = {
    "by-service-type": "by_service_type",
    "by-provider": "by_provider",
    "by-label": "most_used_labels",
    "by-state": "by_state",
    "by-registry-type": "by_registry_type",
    "created-by-month": "by_month",
}
"""The built-in queries in the page's order, with the keys of their titles."""
_FIELDS = {
    "service_type": ("service_type", "service-types", "no_service_type"),
    "provider": ("provider", "providers", "no_provider"),
    "label": ("labels", "labels", "no_label"),
    "labels": ("labels", "labels", "no_label"),
    "state": ("state", "states", "no_state"),
    "registry_type": ("registry_type", "registry-types", "no_registry_type"),
}
"""The field of each answer key, the folder of its pages, and its text for a missing value."""
_COLUMNS = ("name", "service_type", "provider", "updated_at")


class Cell(NamedTuple):
    """A table cell: its text, and the page it links to or ""."""

    text: str
    path: str = ""


class Stat(NamedTuple):
    """An answer as shown on the page; `chart` is bars, columns, line, or "" for only a table."""

    name: str
    title: str
    description: str
    path: str
    chart: str = ""
    sentence: str = ""
    bars: Sequence[Bar] = ()
    columns: Sequence[Column] = ()
    line: Sequence[Segment] = ()
    heads: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    rest: str = ""


def statistics(
    answers: Iterable[SavedAnswer], segments: Mapping[tuple[str, str], str], t: Texts
) -> Iterator[Stat]:
    """Yield the built-in stats in the page's order, then the saved queries by name."""
    built_in = {answer.name: answer for answer in answers if answer.built_in}
    for name in BUILT_IN:
        if name in built_in:
            yield _stat(built_in[name], segments, t)
    for answer in sorted(answers, key=lambda each: each.name):
        if not answer.built_in:
            yield _stat(answer, segments, t)


def title(answer: SavedAnswer, t: Texts) -> str:
    """Return the title of a query; the site's texts have those of built-in queries."""
    built_in = answer.built_in and answer.name in BUILT_IN
    return t(BUILT_IN[answer.name]) if built_in else answer.title


def _stat(answer: SavedAnswer, segments: Mapping[tuple[str, str], str], t: Texts) -> Stat:
    found = msgspec.json.decode(answer.encoded).get("results")
    rows = [row if isinstance(row, dict) else {"value": row} for row in found or ()]
    made = Stat(answer.name, title(answer, t), answer.description, answer.path)
    if answer.kind == "list":
        return _listed(made, rows, t)
    keys = list(dict.fromkeys(key for row in rows for key in row))
    if answer.chart != "table" and len(keys) == 2 and _is_counted(rows, keys[1]):  # noqa: PLR2004  (a key and its count)
        counts = [(row.get(keys[0]), row[keys[1]]) for row in rows]
        return _charted(made._replace(heads=keys), answer, counts, segments, t)
    cells = [[Cell(_text(row.get(key))) for key in keys] for row in rows[:SHOWN]]
    return made._replace(heads=keys, rows=cells, rest=_rest(len(rows), "rest_rows", t))


def _is_counted(rows: list[JSONObject], key: str) -> bool:
    """Return whether every row has a number under the key."""
    return all(
        isinstance(row.get(key), int | float) and not isinstance(row.get(key), bool) for row in rows
    )


def _charted(
    made: Stat,
    answer: SavedAnswer,
    counts: list[tuple[JSON, JSON]],
    segments: Mapping[tuple[str, str], str],
    t: Texts,
) -> Stat:
    """Return a stat grouped by one key as a chart with its table."""
    numbers = [(value, count if isinstance(count, int | float) else 0) for value, count in counts]
    by_month = answer.built_in and answer.name == "created-by-month"
    if by_month or answer.chart == "line":
        pairs = [(_text(value), count) for value, count in numbers]
        shown = charts.months(pairs, t) if by_month else pairs[-charts.MONTHS_SHOWN :]
        columns = charts.columns(shown, t)
        return made._replace(
            chart="line" if answer.chart == "line" else "columns",
            sentence=charts.sentence(made.title, sorted(pairs, key=lambda pair: -pair[1]), t),
            columns=columns,
            line=charts.line(columns) if answer.chart == "line" else [],
            rows=[[Cell(column.text), Cell(column.figure)] for column in reversed(columns)],
            rest=t("rest_months") if len(shown) < len(pairs) else "",
        )
    whole = [_count(value, count, made.heads[0], segments, t) for value, count in numbers]
    cut = whole[:SHOWN]
    if len(whole) > SHOWN:
        others = sum(each.count for each in whole[SHOWN:])
        cut.append(Counted(t.counted("others", len(whole) - SHOWN), "", others, is_rest=True))
    bars = charts.bars(cut, t)
    return made._replace(
        chart="bars" if bars else "",
        sentence=charts.sentence(made.title, [(each.text, each.count) for each in whole], t),
        bars=bars,
        rows=[[Cell(bar.text, bar.path), Cell(bar.figure)] for bar in bars],
    )


def _count(
    value: JSON, count: float, key: str, segments: Mapping[tuple[str, str], str], t: Texts
) -> Counted:
    """Return one counted value with the page that lists its plugins."""
    field, folder, missing = _FIELDS.get(key, ("", "", ""))
    if value is None:
        return Counted(t(missing) if missing else t("no_value", key=key), "", count)
    text = _text(value)
    segment = segments.get((field, text))
    shown = t.words.of(text) if field in WORDED else t.shown(text)
    return Counted(shown, f"{folder}/{segment}/" if segment else "", count)


def _listed(made: Stat, rows: list[JSONObject], t: Texts) -> Stat:
    """Return the rows of a list as a table whose names link to the plugins' pages."""
    heads = [key for key in _COLUMNS if any(isinstance(row.get(key), str) for row in rows)]
    cells = []
    for row in rows[:SHOWN]:
        plugin_id = row.get("plugin_id")
        page = f"plugins/{plugin_id}/" if isinstance(plugin_id, str) else ""
        first = next((key for key in ("name", "plugin_id") if key in row), "")
        cells.append([_cell(row, key, page if key == first else "", t) for key in heads])
    return made._replace(heads=heads, rows=cells, rest=_rest(len(rows), "rest_plugins", t))


def _cell(row: JSONObject, key: str, page: str, t: Texts) -> Cell:
    text = _text(row.get(key))
    return Cell(t.day(text) if key == "updated_at" else t.shown(text), page)


def _rest(count: int, key: str, t: Texts) -> str:
    left = count - SHOWN
    return t.counted(key, left) if left > 0 else ""


def _text(value: JSON) -> str:
    """Return a value as the text of a cell."""
    if isinstance(value, str):
        return value
    return "" if value is None else msgspec.json.encode(value).decode()
