"""The pages of news: what the journal tells, month by month."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from catalogctl.publish.build_context import with_bytes
from catalogctl.publish.facets import facet_segments, in_order
from catalogctl.publish.journal_files import (
    Deprecation,
    Journal,
    JournalEntry,
    Tombstone,
    VersionsEntry,
)
from catalogctl.publish.news import News
from catalogctl.publish.site.news_items import news_items
from catalogctl.publish.site.news_page import MOST_IN_MONTH, NEWEST
from catalogctl.publish.site.site_context import open_site
from catalogctl.publish.site.site_pages import page_groups
from support import site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.journal_files import Entry

A = site.plugin("plugin-a", "A <b>", tags={"description": "Does & tells"})
GONE = Tombstone("plugin-gone", "2026-11-03T00:00:00.000Z", site.COMMIT, "Nobody <used> it", None)


def call(day: str, what: str, plugin_id: str = "plugin-a") -> JournalEntry:
    return JournalEntry(1, f"{day}T00:00:00.000Z", site.COMMIT, what, plugin_id, None, None)


def release(day: str, *tags: str, plugin_id: str = "plugin-a") -> VersionsEntry:
    time = f"{day}T00:00:00.000Z"
    blobs = (None, None)
    return VersionsEntry(
        1, time, site.COMMIT, None, "versions", plugin_id, tags, (), (), tags[0], *blobs
    )


def pages(
    entries: Sequence[Entry],
    plugins: Sequence[Plugin] = (A,),
    *,
    tombstones: Sequence[Tombstone] = (),
    deprecations: Sequence[Deprecation] = (),
) -> dict[str, str]:
    """Return the pages of news of a catalog with this journal."""
    build = site.context(base_url="https://plugins.example.org/")
    summaries = [each.summary for each in plugins]
    segments = facet_segments(summaries)
    rows = in_order(summaries, segments)
    journal = Journal(tuple(entries), tuple(tombstones), tuple(deprecations))
    news = News(rows.ordered, build, journal)
    groups = page_groups(open_site(build, segments), rows, site.answers(plugins, build), news)
    (group,) = (each for each in groups if each.may_have("news/index.html"))
    return {path: data.decode() for path, data in map(with_bytes, group.files())}


def told(page: str) -> list[tuple[str, str]]:
    """Return the kind and the text of each piece of news on a page."""
    items = re.findall(r'<article class="item (\w+)">(.*?)</article>', page, re.DOTALL)
    return [(kind, " ".join(re.sub("<[^>]+>", " ", text).split())) for kind, text in items]


HISTORY = (
    call("2026-10-01", "register"),
    call("2026-10-02", "update"),
    release("2026-10-30", "1.1", "1.0"),
    call("2026-11-01", "disable"),
    call("2026-11-02", "enable"),
    call("2026-11-03", "deregister", "plugin-gone"),
)


def test_each_month_has_its_page_and_the_newest_come_first() -> None:
    made = pages(HISTORY, tombstones=[GONE])
    assert [*made] == [
        "news/index.html",
        "news/2026-11/index.html",
        "news/2026-10/index.html",
    ]
    november = [
        ("removed", "plugin-gone Removed Nobody &lt;used&gt; it 3 Nov 2026"),
        ("deprecated", "A &lt;b&gt; Enabled again Alert webhook plugin-a 2 Nov 2026"),
        ("deprecated", "A &lt;b&gt; Disabled Alert webhook plugin-a 1 Nov 2026"),
    ]
    october = [
        ("release", "A &lt;b&gt; 1.1 Also 1.0 Alert webhook plugin-a 30 Oct 2026"),
        ("new", "A &lt;b&gt; New Does &amp; tells Alert webhook plugin-a 1 Oct 2026"),
    ]
    assert told(made["news/2026-11/index.html"]) == november
    assert told(made["news/2026-10/index.html"]) == october
    assert told(made["news/index.html"]) == november + october
    assert re.findall(r'<h2><a href="../(news/[^"]+)">([^<]+)', made["news/index.html"]) == [
        ("news/2026-11/", "November 2026"),
        ("news/2026-10/", "October 2026"),
    ]
    for path in ("feed.atom", "releases.atom", "releases.json", "changes/index.json"):
        assert f'href="../{path}"' in made["news/index.html"]


def test_a_deprecation_tells_its_reason_and_a_plugin_that_is_gone_leads_to_why() -> None:
    old = replace(A, summary=replace(A.summary, deprecated={"reason": "B does it"}))
    when = Deprecation("2026-11-02T00:00:00.000Z", "plugin-a")
    page = pages(HISTORY, [old], tombstones=[GONE], deprecations=[when])["news/index.html"]
    tag = "A &lt;b&gt; Deprecated B does it Alert webhook plugin-a 2 Nov 2026"
    assert ("deprecated", tag) in told(page)
    assert '<a href="../plugins/plugin-gone/"><bdi>plugin-gone</bdi></a>' in page
    assert "<h3><bdi>plugin-gone</bdi>" in pages(HISTORY)["news/index.html"]


def test_a_plugin_has_its_own_icon_in_the_news() -> None:
    icon = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"/>'
    drawn = site.documented(A, {"icons/plugin-a.svg": icon})
    plain, made = pages(HISTORY), pages(HISTORY, [drawn])
    for page, root in (("news/index.html", "../"), ("news/2026-10/index.html", "../../")):
        assert f'<img src="{root}{drawn.summary.icon_path}" alt=""' in made[page]
        assert "<img" not in re.sub("(?s).*<main", "", plain[page])


def test_only_the_kinds_that_a_page_has_can_be_chosen() -> None:
    made = pages(HISTORY, tombstones=[GONE])
    for path, kinds in (
        ("news/index.html", ["all", "release", "new", "deprecated", "removed"]),
        ("news/2026-11/index.html", ["all", "deprecated", "removed"]),
    ):
        assert re.findall(r'<a id="(\w+)" href="#\1">', made[path]) == kinds
    assert 'class="only"' not in pages(HISTORY[:1])["news/index.html"]


def test_long_pages_end_and_say_where_the_rest_is() -> None:
    many = [release("2026-11-04", f"1.{number}") for number in range(MOST_IN_MONTH + 2)]
    made = pages([*HISTORY, *many])
    assert len(told(made["news/index.html"])) == NEWEST
    month = made["news/2026-11/index.html"]
    assert len(told(month)) == MOST_IN_MONTH
    rest = '<a href="../../changes/index.json">5 earlier entries of this month are in the journal'
    assert rest in month
    several = pages([release("2026-11-04", *(f"1.{n}" for n in reversed(range(12))))])
    assert (
        "1.11 Also 1.10, 1.9, 1.8, 1.7, 1.6, 1.5, 1.4, 1.3 and 3 more"
        in told(several["news/index.html"])[0][1]
    )


def test_a_release_changes_the_newest_and_its_month_alone() -> None:
    before = pages(HISTORY)
    after = pages([*HISTORY, release("2026-11-20", "1.2")])
    changed = [path for path in after if after[path] != before.get(path)]
    assert changed == ["news/index.html", "news/2026-11/index.html"]


def test_without_a_journal_the_news_are_the_registrations() -> None:
    items = news_items(Journal(), [A.summary])
    assert [(each.time, each.kind) for each in items] == [("2022-01-01T08:02:38.000Z", "new")]
    assert "Nothing has happened yet." in pages([], [])["news/index.html"]
