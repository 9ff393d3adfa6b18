"""Answer the five questions of the statistics page, from the answers that are published as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import msgspec

from catalogctl.publish.endpoints import HEALTH, RELEASES
from catalogctl.publish.site.avatars import glyph

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.health import Health
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.publish.site.site_context import SharedValues, Site
    from catalogctl.publish.site.texts import Texts

MOST_BARS = 8
"""The maximum number of bars; the rest is summed up."""
MONTHS = 12
_PLOT = 104
"""The height of the highest column, in pixels."""
MOST_PROVIDERS, MOST_KINDS, MOST_SINGLES = 5, 8, 12
"""The maximum numbers of columns and rows of the matrix, and of the providers named below it."""
MOST_NAMED = 3
"""Plugins that are named in a line about what needs care; more of them are counted."""
_CONSOLE = "api/console/"


class Source(NamedTuple):
    """A file with the figures of an answer."""

    name: str
    path: str


class Question(NamedTuple):
    """What every answer has: a sentence, the files that it is made of, and a query to start from.

    `ask` is the path of the console with the query.
    """

    sentence: str
    sources: Sequence[Source]
    ask: str


class Bar(NamedTuple):
    """A value with its number, the page of its plugins, its width in per cent and its glyph."""

    text: str
    path: str
    figure: str
    width: int
    glyph: str = ""


class Column(NamedTuple):
    """A month with its number; `height` is in pixels."""

    label: str
    title: str
    figure: str
    height: int


class Matrix(NamedTuple):
    """How many plugins there are of each kind for each provider, "" for none.

    `rest` are (provider, number) of those without a column; `more` counts what it leaves out.
    """

    heads: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, str, Sequence[str]]]
    rest: Sequence[tuple[str, str, str]]
    more: str


class Care(NamedTuple):
    """A line about what needs care: `level` is good, look or bad; `plugins` are (id, name)."""

    level: str
    plugins: Sequence[tuple[str, str]]
    text: str


def results(answer: SavedAnswer) -> list[JSONObject]:
    """Return the rows of an answer that has objects as rows."""
    rows = msgspec.json.decode(answer.encoded).get("results") or ()
    return [row for row in rows if isinstance(row, dict)]


def number_of(row: JSONObject) -> int:
    """Return the number of plugins that a row of an answer counts."""
    count = row.get("count")
    return count if isinstance(count, int) else 0


def asked(answer: SavedAnswer) -> str:
    """Return the path of the console with the query of an answer."""
    if answer.is_named:
        return f"{_CONSOLE}#name={answer.name}"
    return console_query("stat", answer.request["query"])


def console_query(kind: str, query: JSON) -> str:
    """Return the path of the console with a query."""
    return f"{_CONSOLE}#{kind}:{quote(msgspec.json.encode(query), safe='')}"


class Questions:
    """The answers to the five questions about a catalog."""

    def __init__(self, site: Site, shared: SharedValues) -> None:
        self._site, self._shared, self._t = site, shared, site.t
        self._named = {each.name: each for each in shared.answers if each.built_in}

    def _source(self, name: str) -> Source:
        """Return the file with the answer of a built-in query, by a name for it if it has one."""
        answer = self._named[name]
        if not answer.is_named:
            same = (each for each in self._shared.answers if each.query_id == answer.query_id)
            answer = next((each for each in same if each.is_named), answer)
        text = answer.path.rpartition("/")[2] if answer.is_named else f"{name}.json"
        return Source(text, answer.path)

    def kinds(self) -> tuple[Question, Sequence[Bar]]:
        """What is in it: the plugins of each kind."""
        t = self._t
        counts = self._counted("by-service-type", "service_type")
        sentence = t(
            "q_kinds_say",
            plugins=t.counted("count_plugins", sum(counts.values())),
            kinds=t.counted("count_service_types", len(counts)),
            providers=t.counted("count_providers", len(self._counted("by-provider", "provider"))),
        )
        sources = [self._source("by-service-type"), self._source("by-provider")]
        question = Question(sentence, sources, asked(self._named["by-service-type"]))
        return question, _bars(counts, self._pages("service_type"), self._glyphs(), t)

    def alive(self) -> tuple[Question, Sequence[Column]]:
        """Whether it is alive: the releases of each month, or else the registrations."""
        t, releases, now = self._t, self._shared.news.releases, self._shared.news.health.now
        created = self._named["created-by-month"]
        ask = asked(created)
        if not releases.latest:
            months = {str(row["month"]): number_of(row) for row in results(created)}
            sentence = t(
                "q_alive_registered", plugins=t.counted("count_plugins", sum(months.values()))
            )
            return Question(sentence, [self._source("created-by-month")], ask), _columns(
                months, now, t
            )
        months = dict(releases.months)
        columns = _columns(months, now, t)
        last = next((each for each in releases.latest if not each.prerelease), releases.latest[0])
        sentence = t(
            "q_alive_says",
            releases=t.counted("count_releases", months.get(now[:7], 0)),
            month=t.whole_month(int(now[5:7]), int(now[:4])),
            day=t.day(last.released_at),
            total=t.number(sum(months.get(each, 0) for each in _last_months(now))),
        )
        return Question(sentence, [Source(RELEASES, RELEASES)], ask), columns

    def covered(self) -> tuple[Question, Matrix]:
        """Who is covered, and how: the plugins of each kind for each provider."""
        t, answer = self._t, self._named["plugins-per-provider-and-type"]
        counts = _pairs(results(answer), t)
        matrix = self._matrix(counts)
        ways = Counter(provider for provider, _ in counts if provider != t("no_provider"))
        first = [
            t("q_covered_way", provider=provider, ways=t.counted("count_ways", number))
            for provider, number in _ordered(ways)[:2]
        ]
        sentence = (
            t("q_covered_says", providers=", ".join(first)) if first else t("nothing_to_count")
        )
        return Question(sentence, [self._source(answer.name)], asked(answer)), matrix

    def _matrix(self, counts: Mapping[tuple[str, str], int]) -> Matrix:
        """Return the providers of most plugins as columns, and the most frequent kinds as rows."""
        t = self._t
        of_provider: Counter[str] = Counter()
        of_kind: Counter[str] = Counter()
        for (provider, kind), number in counts.items():
            of_provider[provider] += number
            of_kind[kind] += number
        ordered = _ordered(of_provider)
        heads = [name for name, number in ordered if number > 1][:MOST_PROVIDERS] or [
            name for name, _ in ordered[:MOST_PROVIDERS]
        ]
        kinds = [kind for kind, _ in _ordered(of_kind)[:MOST_KINDS]]
        rest = [(name, number) for name, number in ordered if name not in heads]
        pages, glyphs = self._pages("provider"), self._glyphs()
        return Matrix(
            [(name, pages.get(name, "")) for name in heads],
            [
                (
                    kind,
                    glyphs.get(kind, ""),
                    [_figure(counts.get((name, kind), 0), t) for name in heads],
                )
                for kind in kinds
            ],
            [(name, pages.get(name, ""), t.number(number)) for name, number in rest[:MOST_SINGLES]],
            t.counted("more_values", len(rest) - MOST_SINGLES) if len(rest) > MOST_SINGLES else "",
        )

    def care(self) -> tuple[Question, Sequence[Care]]:
        """What needs care: the plugins that `health.json` names."""
        t, health = self._t, self._shared.news.health
        names = {row.plugin_id: row.name for row in self._shared.rows}
        lines = [_care(level, key, ids, names, t) for level, key, ids in _findings(health) if ids]
        if not health.moved_tags:
            lines.append(Care("good", (), t("care_no_moved_tags")))
        every = {plugin_id for _, _, ids in _findings(health) for plugin_id in ids}
        query: JSONObject = {
            "filter": [{"key": "state", "value": "DISABLED", "operator": "eq"}],
            "minimal": True,
        }
        sentence = t.counted("q_care_says", len(every)) if every else t("q_care_nothing")
        return Question(sentence, [Source(HEALTH, HEALTH)], console_query("list", query)), lines

    def credentials(self) -> tuple[Question, Sequence[Bar]]:
        """Which credentials must be brought: the plugins that take each schema."""
        t, answer = self._t, self._named["credential-schemas"]
        counts: dict[str, int] = {}
        for row in results(answer):
            value = row.get("schema")
            text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
            counts[text] = counts.get(text, 0) + number_of(row)
        pages = {text: _of_schema(text) for text in counts}
        sentence = (
            t.counted("q_credentials_say", len(counts)) if counts else t("q_credentials_none")
        )
        question = Question(sentence, [self._source(answer.name)], asked(answer))
        return question, _bars(counts, pages, {}, t)

    def _counted(self, name: str, field: str) -> dict[str, int]:
        """Return what a built-in query counts, by word, the most frequent first."""
        counts: Counter[str] = Counter()
        for row in results(self._named[name]):
            value = row.get(field)
            if isinstance(value, str):
                counts[self._t.words.of(value)] += number_of(row)
        return dict(_ordered(counts))

    def _pages(self, field: str) -> dict[str, str]:
        """Return the page of the plugins that have a value, by its word."""
        facet = next(each for each in self._shared.facets if each.kind.field == field)
        return {
            each.text: f"{facet.kind.folder}/{each.segment}/"
            for each in facet.choices
            if each.segment
        }

    def _glyphs(self) -> dict[str, str]:
        """Return the glyph of each kind, by its word."""
        facet = next(each for each in self._shared.facets if each.kind.field == "service_type")
        return {each.text: glyph(each.value) for each in reversed(facet.found)}


def _ordered(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return counts, the highest first, then by text."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _figure(number: int, t: Texts) -> str:
    return t.number(number) if number else ""


def _bars(
    counts: Mapping[str, int], pages: Mapping[str, str], glyphs: Mapping[str, str], t: Texts
) -> list[Bar]:
    """Return a bar for each of the highest counts, then the sum of the others without one."""
    ordered = _ordered(counts)
    shown = ordered if len(ordered) <= MOST_BARS else ordered[: MOST_BARS - 1]
    most = max((number for _, number in shown), default=1) or 1
    bars = [
        Bar(
            text,
            pages.get(text, ""),
            t.number(number),
            round(100 * number / most),
            glyphs.get(text, ""),
        )
        for text, number in shown
    ]
    rest = ordered[len(shown) :]
    if rest:
        total = sum(number for _, number in rest)
        bars.append(Bar(t.counted("others", len(rest)), "", t.number(total), 0))
    return bars


def _last_months(now: str) -> list[str]:
    """Return the twelve months that end with that of a time, oldest first."""
    last = int(now[:4]) * 12 + int(now[5:7]) - 1
    return [f"{each // 12:04}-{each % 12 + 1:02}" for each in range(last - MONTHS + 1, last + 1)]


def _columns(counts: Mapping[str, int], now: str, t: Texts) -> list[Column]:
    """Return a column for each of the last twelve months."""
    months = _last_months(now)
    most = max((counts.get(month, 0) for month in months), default=0) or 1
    made = []
    for month in months:
        year, number, count = int(month[:4]), int(month[5:7]), counts.get(month, 0)
        height = max(round(_PLOT * count / most), 2 if count else 1)
        made.append(Column(t.short_month(number), t.month(number, year), t.number(count), height))
    return made


def _pairs(rows: Iterable[JSONObject], t: Texts) -> Counter[tuple[str, str]]:
    """Return the number of plugins by the words of their provider and kind."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        provider, kind = row.get("provider"), row.get("service_type")
        first = t.words.of(provider) if isinstance(provider, str) else t("no_provider")
        counts[first, t.words.of(kind) if isinstance(kind, str) else ""] += number_of(row)
    return counts


def _findings(health: Health) -> Sequence[tuple[str, str, Sequence[str]]]:
    """Return what needs care: the level, the key of the text, and the plugins."""
    return (
        ("look", "care_deprecated", health.deprecated),
        ("bad", "care_disabled", health.disabled),
        ("look", "care_without_versions", health.without_versions),
        ("look", "care_without_release", health.without_release_for_a_year),
        ("bad", "care_moved_tags", health.moved_tags),
    )


def _care(level: str, key: str, ids: Sequence[str], names: Mapping[str, str], t: Texts) -> Care:
    """Return a line that names a few plugins, or counts many."""
    if len(ids) > MOST_NAMED:
        return Care(level, (), t.counted(key, len(ids)))
    return Care(level, [(each, names[each]) for each in ids], t(f"{key}_named"))


def _of_schema(name: str) -> str:
    """Return the path of the console with a query for the plugins that take a credential."""
    condition: JSONObject = {
        "key": "capability.supported_schema",
        "value": name,
        "operator": "eq",
    }
    return console_query("list", {"filter": [condition], "minimal": True})
