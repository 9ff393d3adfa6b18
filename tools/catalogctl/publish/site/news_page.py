"""Build the pages of news: the newest on one page, and a page for each month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from catalogctl.content_hash import combined
from catalogctl.publish.build_context import LazyFile
from catalogctl.publish.site import links, texts
from catalogctl.publish.site.avatars import avatar, symbols
from catalogctl.publish.site.news_items import KINDS, RELEASE, by_month, news_items

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.changes import Tombstone
    from catalogctl.publish.site.escaping import SafeHtml
    from catalogctl.publish.site.news_items import NewsItem
    from catalogctl.publish.site.site_context import SharedValues, Site

FOLDER = "news/"
NEWEST = 50
"""How much of the newest is on the first page."""
MOST_IN_MONTH = 500
"""How much of the newest is on the page of a month; the journal has the rest."""
_MOST_NAMED = 8
_LONGEST_TEXT = 200


class ShownItem(NamedTuple):
    """A piece of news as shown; `plugin_id` is "" for one that has no page any more.

    `tag` is what happened, "" for a release, which has its `version` instead.
    """

    kind: str
    plugin_id: str
    path: str
    name: str
    avatar: SafeHtml
    service_type: str
    word: str
    tag: str
    is_good: bool
    version: str
    text: str
    time: str
    day: str


class Month(NamedTuple):
    """A month: its name in words, the path of its page, and the news to show of it."""

    title: str
    path: str
    items: Sequence[ShownItem]


@dataclass(frozen=True)
class _NewsPages:
    """What the pages of news are made of."""

    site: Site
    shared: SharedValues

    @cached_property
    def rows(self) -> Mapping[str, PluginSummary]:
        return {row.plugin_id: row for row in self.shared.rows}

    @cached_property
    def tombstones(self) -> Mapping[str, Tombstone]:
        return {each.plugin_id: each for each in self.shared.news.journal.tombstones}

    def month(self, month: str, items: Sequence[NewsItem]) -> Month:
        """Return some news of a month («2026-11»)."""
        return Month(self.title(month), month_path(month), [*map(self._item, items)])

    def title(self, month: str) -> str:
        """Return a month in words."""
        return self.site.t.whole_month(int(month[5:7]), int(month[:4]))

    def _item(self, item: NewsItem) -> ShownItem:
        """Return a piece of news as shown."""
        t, row = self.site.t, self.rows.get(item.plugin_id)
        gone = self.tombstones.get(item.plugin_id)
        has_page = row is not None or gone is not None
        service_type = row.service_type if row else ""
        return ShownItem(
            item.kind,
            item.plugin_id,
            f"plugins/{item.plugin_id}/" if has_page else "",
            row.name if row else item.plugin_id,
            self._avatar(row),
            service_type,
            t.words.of(service_type) if service_type else "",
            "" if item.kind == RELEASE else t(f"news_{item.what}"),
            item.what in {"new", "enabled"},
            item.versions[0] if item.versions else "",
            texts.short(self._text(item, row, gone), _LONGEST_TEXT),
            item.time,
            t.day(item.time),
        )

    def _avatar(self, row: PluginSummary | None) -> SafeHtml:
        if row is None:
            return avatar(None, "", enabled=False)
        picture = links.picture(row.icon, self.site.image_hosts)
        is_enabled = row.state == "ENABLED"
        return avatar(row.provider, row.service_type, enabled=is_enabled, picture=picture)

    def _text(self, item: NewsItem, row: PluginSummary | None, gone: Tombstone | None) -> str:
        """Return the sentence below the name, "" for none."""
        t = self.site.t
        if item.kind == RELEASE:
            rest = item.versions[1:]
            named = ", ".join(rest[:_MOST_NAMED])
            more = len(rest) - _MOST_NAMED
            also = t("also_released", versions=named) if rest else ""
            return also + (t.counted("more_versions", more) if more > 0 else "")
        if item.what == "new":
            return row.description if row else ""
        if item.what == "removed":
            return gone.reason if gone is not None and gone.time == item.time else ""
        reason = row.deprecated.get("reason") if row and row.deprecated else None
        return str(reason) if item.what == "deprecated" and reason else ""


def month_path(month: str) -> str:
    """Return the folder of a month's page."""
    return f"{FOLDER}{month}/"


def pages(site: Site, shared: SharedValues) -> Iterator[LazyFile]:
    """Yield the page of the newest news, then that of each month, newest first."""
    items = news_items(shared.news.journal, shared.rows)
    months, made = by_month(items), _NewsPages(site, shared)
    names = [*months]
    newest = groupby(items[:NEWEST], key=attrgetter("month"))
    sections = [made.month(month, [*found]) for month, found in newest]
    t = site.t
    heads = {
        "page_title": site.titled(t("news")),
        "page_description": t("news_description"),
        "heading": t("news"),
        "is_month": False,
        "rest": "",
        "months": [(made.title(each), month_path(each)) for each in names],
    }
    yield _page(site, FOLDER, sections, heads)
    for number, name in enumerate(names):
        around = (names[number - 1] if number else "", names[number + 1 : number + 2])
        yield _month_page(made, name, months[name], around)


def _month_page(
    made: _NewsPages, name: str, items: Sequence[NewsItem], around: tuple[str, Sequence[str]]
) -> LazyFile:
    """Return the page of a month, with links to the months around it that have news."""
    site, t = made.site, made.site.t
    title = made.title(name)
    later, earlier = around
    near = [*([later] if later else ()), *earlier]
    rest = len(items) - MOST_IN_MONTH
    heads = {
        "page_title": site.titled(t("news_of", month=title)),
        "page_description": t("news_of_description", month=title),
        "heading": t("news_of", month=title),
        "is_month": True,
        "rest": t.counted("rest_of_news", rest) if rest > 0 else "",
        "months": [(made.title(each), month_path(each)) for each in near],
    }
    return _page(site, month_path(name), [made.month(name, items[:MOST_IN_MONTH])], heads)


def _page(site: Site, folder: str, sections: Sequence[Month], heads: Mapping[str, Any]) -> LazyFile:
    """Return a page of news, which is rendered if anything that it shows has changed."""
    return LazyFile(
        f"{folder}index.html",
        partial(_key, sections, heads),
        partial(_made, site, folder, sections, heads),
    )


def _key(sections: Sequence[Month], heads: Mapping[str, Any]) -> bytes:
    """Return what identifies everything that a page shows."""
    shown = [[(*each,) for each in section.items] for section in sections]
    return combined([(each.title, each.path) for each in sections], str(shown), {**heads})


def _made(site: Site, folder: str, sections: Sequence[Month], heads: Mapping[str, Any]) -> bytes:
    """Return a rendered page."""
    every = [item for section in sections for item in section.items]
    kinds = {item.kind for item in every}
    values = {
        **heads,
        "sections": sections,
        "kinds": [(kind, site.t(f"news_kind_{kind}")) for kind in KINDS if kind in kinds],
        "glyphs": symbols(item.service_type for item in every),
    }
    return site.page("news", folder, values, current="news")[1]
