"""Answer the five questions of the statistics page, from the answers that are published as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import msgspec

from catalogctl.publish.endpoints import HEALTH, RELEASES
from catalogctl.publish.site import chart_data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.publish.health import Health
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.publish.releases import Releases
    from catalogctl.publish.site.chart_data import BarOfList, Matrix, MonthColumn
    from catalogctl.publish.site.facet_values import Facet
    from catalogctl.publish.site.site_context import SharedValues, Site
    from catalogctl.publish.site.texts import Texts

MOST_NAMED = 3
"""Plugins that are named in a line about what needs care; more of them are counted."""
_CONSOLE = "api/console/"
_NOT_USED = {"filter": [{"key": "state", "value": "DISABLED", "operator": "eq"}]}


class FiguresFile(NamedTuple):
    """A file with the figures of an answer."""

    name: str
    path: str


class AnsweredQuestion(NamedTuple):
    """A sentence that answers a question, the files with its figures, and how to ask differently.

    `ask` is the path of the console with a query to start from.
    """

    sentence: str
    sources: Sequence[FiguresFile]
    ask: str


class Care(NamedTuple):
    """A line about what needs care: `level` is good, look or bad; `plugins` are (id, name)."""

    level: str
    text: str
    plugins: Sequence[tuple[str, str]] = ()


class _Finding(NamedTuple):
    """What needs care: its level, the keys of its texts with a number and with names, and ids."""

    level: str
    counted: str
    named: str
    plugins: Sequence[str]


class Questions:
    """The answers to the five questions about a catalog."""

    def __init__(self, site: Site, shared: SharedValues) -> None:
        self._t = site.t
        self._shared = shared
        self._facets = {each.kind.field: each for each in shared.facets}
        self._answers = {each.name: each for each in shared.answers if each.built_in}

    def kinds(self) -> tuple[AnsweredQuestion, Sequence[BarOfList]]:
        """What is in it: the plugins of each kind."""
        t, counts = self._t, self._counts("by-service-type", "service_type")
        facet = self._facets["service_type"]
        sentence = t(
            "q_kinds_say",
            plugins=t.counted("count_plugins", sum(counts.values())),
            kinds=t.counted("count_service_types", len(counts)),
            providers=t.counted("count_providers", len(self._counts("by-provider", "provider"))),
        )
        glyphs = {each.text: each.glyph for each in facet.choices}
        question = self._question(sentence, "by-service-type", "by-provider")
        return question, chart_data.bars(counts, _pages(facet), glyphs, t)

    def alive(self) -> tuple[AnsweredQuestion, Sequence[MonthColumn]]:
        """Whether it is alive: the releases of each month; before the first one, what was added."""
        t, releases, now = self._t, self._shared.news.releases, self._shared.news.health.now
        created = {str(row["month"]): _count(row) for row in self._rows("created-by-month")}
        plugins = t.counted("count_plugins", sum(created.values()))
        question = self._question(t("q_alive_registered", plugins=plugins), "created-by-month")
        if releases.latest:
            sentence = _alive(releases, now, t)
            question = AnsweredQuestion(sentence, [FiguresFile(RELEASES, RELEASES)], question.ask)
        counts = dict(releases.months) if releases.latest else created
        return question, chart_data.columns(counts, now, t)

    def covered(self) -> tuple[AnsweredQuestion, Matrix]:
        """Who is covered, and how: the plugins of each kind for each provider."""
        t, counts = self._t, Counter[tuple[str, str]]()
        for row in self._rows("plugins-per-provider-and-type"):
            provider = self._word(row, "provider") or t("no_provider")
            counts[provider, self._word(row, "service_type")] += _count(row)
        ways = Counter(provider for provider, _ in counts if provider != t("no_provider"))
        most = [
            t("q_covered_way", provider=provider, ways=t.counted("count_ways", number))
            for provider, number in chart_data.ordered(ways)[:2]
        ]
        sentence = t("q_covered_says", providers=", ".join(most)) if most else t("nothing_to_count")
        question = self._question(sentence, "plugins-per-provider-and-type")
        return question, chart_data.matrix(counts, _pages(self._facets["provider"]), t)

    def care(self) -> tuple[AnsweredQuestion, Sequence[Care]]:
        """What needs care: the plugins that `health.json` names."""
        t, health = self._t, self._shared.news.health
        names = {row.plugin_id: row.name for row in self._shared.rows}
        lines = [_care(each, names, t) for each in _findings(health) if each.plugins]
        if not health.moved_tags:
            lines.append(Care("good", t("care_no_moved_tags")))
        every = {plugin_id for each in _findings(health) for plugin_id in each.plugins}
        sentence = t.counted("q_care_says", len(every)) if every else t("q_care_nothing")
        ask = f"{_CONSOLE}#list:{_encoded(_NOT_USED)}"
        return AnsweredQuestion(sentence, [FiguresFile(HEALTH, HEALTH)], ask), lines

    def credentials(self) -> tuple[AnsweredQuestion, Sequence[BarOfList]]:
        """Which credentials must be brought: the plugins that take each schema."""
        t, counts = self._t, Counter[str]()
        for row in self._rows("credential-schemas"):
            name = row.get("schema")
            counts[name if isinstance(name, str) else _text(name)] += _count(row)
        say = t.counted("q_credentials_say", len(counts)) if counts else t("q_credentials_none")
        question = self._question(say, "credential-schemas")
        return question, chart_data.bars(counts, {}, {}, t)

    def _question(self, sentence: str, *names: str) -> AnsweredQuestion:
        """Return a question about the answers of built-in queries, the first of which is asked."""
        answers = [self._published(name) for name in names]
        sources = [
            FiguresFile(f"{name}.json", answer.path)
            for name, answer in zip(names, answers, strict=True)
        ]
        first = answers[0]
        query = (
            f"name={first.name}" if first.is_named else f"stat:{_encoded(first.request['query'])}"
        )
        return AnsweredQuestion(sentence, sources, f"{_CONSOLE}#{query}")

    def _published(self, name: str) -> SavedAnswer:
        """Return the answer of a built-in query; if it has no name, that of a saved one like it."""
        answer = self._answers[name]
        like = (each for each in self._shared.answers if each.query_id == answer.query_id)
        return answer if answer.is_named else next((each for each in like if each.is_named), answer)

    def _rows(self, name: str) -> Sequence[JSONObject]:
        """Return the rows of the answer of a built-in query."""
        rows: Sequence[JSONObject] = msgspec.json.decode(self._answers[name].encoded)["results"]
        return rows

    def _counts(self, name: str, field: str) -> Mapping[str, int]:
        """Return what a built-in query counts by the words of a field, without its absence."""
        counts: Counter[str] = Counter()
        for row in self._rows(name):
            if word := self._word(row, field):
                counts[word] += _count(row)
        return counts

    def _word(self, row: JSONObject, field: str) -> str:
        """Return the word for a value in the row of an answer, "" for none."""
        value = row.get(field)
        return self._t.words.of(value) if isinstance(value, str) else ""


def _count(row: JSONObject) -> int:
    count = row["count"]
    return count if isinstance(count, int) else 0


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _encoded(query: object) -> str:
    """Return a query as a part of an address."""
    return quote(_text(query), safe="")


def _pages(facet: Facet) -> Mapping[str, str]:
    """Return the page of each of a facet's values, by word."""
    folder = facet.kind.folder
    return {each.text: f"{folder}/{each.segment}/" for each in facet.choices if each.segment}


def _alive(releases: Releases, now: str, t: Texts) -> str:
    """Return the sentence about the releases of a catalog that has some."""
    months = dict(releases.months)
    last = next((each for each in releases.latest if not each.prerelease), releases.latest[0])
    return t(
        "q_alive_says",
        releases=t.counted("count_releases", months.get(now[:7], 0)),
        month=t.whole_month(int(now[5:7]), int(now[:4])),
        day=t.day(last.released_at),
        total=t.number(sum(months.get(each, 0) for each in chart_data.last_months(now))),
    )


def _findings(health: Health) -> Sequence[_Finding]:
    """Return each thing that may need care, with its plugins."""
    return (
        _Finding("look", "care_deprecated", "care_deprecated_named", health.deprecated),
        _Finding("bad", "care_disabled", "care_disabled_named", health.disabled),
        _Finding(
            *("look", "care_without_versions", "care_without_versions_named"),
            health.without_versions,
        ),
        _Finding(
            *("look", "care_without_release", "care_without_release_named"),
            health.without_release_for_a_year,
        ),
        _Finding("bad", "care_moved_tags", "care_moved_tags_named", health.moved_tags),
    )


def _care(finding: _Finding, names: Mapping[str, str], t: Texts) -> Care:
    """Return a line that names a few plugins, or counts many."""
    ids = finding.plugins
    if len(ids) > MOST_NAMED:
        return Care(finding.level, t.counted(finding.counted, len(ids)))
    return Care(finding.level, t(finding.named), [(each, names[each]) for each in ids])
