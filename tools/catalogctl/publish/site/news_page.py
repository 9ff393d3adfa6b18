"""Build the pages of news: the newest on one page, and a page for each month."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from catalogctl.content_hash import combined
from catalogctl.publish.build_context import LazyFile
from catalogctl.publish.site.avatars import avatar, symbols
from catalogctl.publish.site.list_rows import plugin_avatar
from catalogctl.publish.site.news_items import (
    DEPRECATED,
    KINDS,
    NEW,
    RELEASE,
    REMOVED,
    news_items,
)
from catalogctl.publish.site.site_context import path_to_root
from catalogctl.query.plugin_search import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import Extras
    from catalogctl.publish.journal_files import Tombstone
    from catalogctl.publish.site.escaping import SafeHtml
    from catalogctl.publish.site.news_items import NewsItem
    from catalogctl.publish.site.site_context import SharedValues, Site
    from catalogctl.publish.site.texts import Texts

FOLDER = "news/"
NEWEST = 50
"""How much of the newest is on the first page."""
MOST_IN_MONTH = 200
"""How much of the newest is on the page of a month; the journal has the rest."""
_MOST_NAMED = 8
_LONGEST_TEXT = 200


class ShownItem(NamedTuple):
    """A piece of news as shown; `path` is that of the plugin's page, "" if it has none any more.

    `tag` is what happened, "" for a release, which has its `version` instead; `text` says more.
    """

    kind: str
    plugin_id: str
    path: str
    name: str
    avatar: SafeHtml
    service_type: str
    word: str
    tag: str
    version: str
    text: str
    time: str
    day: str


class Month(NamedTuple):
    """A month: its name in words, the path of its page, and the news to show of it."""

    title: str
    path: str
    items: Sequence[ShownItem]


class _ShownNews:
    """Shows news with what is known of their plugins now."""

    def __init__(self, site: Site, shared: SharedValues) -> None:
        self._t, self._hosts = site.t, site.image_hosts
        self._rows = {row.plugin_id: row for row in shared.rows}
        self._gone = {each.plugin_id: each for each in shared.news.journal.tombstones}

    def month(self, month: str, items: Sequence[NewsItem], folder: str) -> Month:
        """Return some news of a month («2026-11») for the page in a folder."""
        shown = [self._item(item, path_to_root(folder)) for item in items]
        return Month(title(month, self._t), month_path(month), shown)

    def _item(self, item: NewsItem, root: str) -> ShownItem:
        """Return a piece of news as shown on a page with this path to the site's root."""
        t, plugin_id = self._t, item.plugin_id
        row, gone = self._rows.get(plugin_id), self._gone.get(plugin_id)
        service_type = row.service_type if row else ""
        return ShownItem(
            kind=item.kind,
            plugin_id=plugin_id,
            path=f"plugins/{plugin_id}/" if row or gone else "",
            name=row.name if row else plugin_id,
            avatar=(
                plugin_avatar(row, root, self._hosts) if row else avatar(None, "", enabled=False)
            ),
            service_type=service_type,
            word=t.words.of(service_type) if service_type else "",
            tag=t(item.tag) if item.tag else "",
            version=item.versions[0] if item.versions else "",
            text=short(_text(item, row, gone, t), _LONGEST_TEXT),
            time=item.time,
            day=t.day(item.time),
        )


def _text(item: NewsItem, row: PluginSummary | None, gone: Tombstone | None, t: Texts) -> str:
    """Return the sentence below the name, "" for none."""
    if item.kind == RELEASE:
        return _also(item.versions[1:], t)
    if item.kind == NEW:
        return row.description if row else ""
    if item.kind == REMOVED:
        return gone.reason if gone and gone.time == item.time else ""
    if item.kind == DEPRECATED and row and row.deprecated and item.tag == "news_deprecated":
        return str(row.deprecated.get("reason", ""))
    return ""


def _also(versions: Sequence[str], t: Texts) -> str:
    """Return which other versions came at the same time, "" for none."""
    if not versions:
        return ""
    more = len(versions) - _MOST_NAMED
    named = t("also_released", versions=", ".join(versions[:_MOST_NAMED]))
    return named + (t.counted("more_versions", more) if more > 0 else "")


def title(month: str, t: Texts) -> str:
    """Return a month («2026-11») in words."""
    return t.whole_month(int(month[5:7]), int(month[:4]))


def month_path(month: str) -> str:
    """Return the folder of a month's page."""
    return f"{FOLDER}{month}/"


def pages(site: Site, shared: SharedValues) -> Iterator[LazyFile]:
    """Yield the page of the newest news, then that of each month, newest first."""
    shown, t = _ShownNews(site, shared), site.t
    items = news_items(shared.news.journal, shared.rows)
    months = {month: [*found] for month, found in groupby(items, key=attrgetter("month"))}
    newest = groupby(items[:NEWEST], key=attrgetter("month"))
    heads: Mapping[str, Any] = {
        "page_title": site.titled(t("news")),
        "page_description": t("news_description"),
        "heading": t("news"),
        "is_month": False,
        "rest": "",
        "months": [(title(each, t), month_path(each)) for each in months],
    }
    sections = [shown.month(month, [*found], FOLDER) for month, found in newest]
    yield _page(site, FOLDER, sections, heads)
    names = [*months]
    for number, name in enumerate(names):
        around = [*names[max(number - 1, 0) : number], *names[number + 1 : number + 2]]
        rest = len(months[name]) - MOST_IN_MONTH
        heads = _heads_of_month(site, name, around, rest)
        month = shown.month(name, months[name][:MOST_IN_MONTH], month_path(name))
        yield _page(site, month.path, [month], heads)


def _heads_of_month(site: Site, name: str, around: Sequence[str], rest: int) -> Mapping[str, Any]:
    """Return the values of a month's page but its news; `around` are the months next to it."""
    t, month = site.t, title(name, site.t)
    return {
        "page_title": site.titled(t("news_of", month=month)),
        "page_description": t("news_of_description", month=month),
        "heading": t("news_of", month=month),
        "is_month": True,
        "rest": t.counted("rest_of_news", rest) if rest > 0 else "",
        "months": [(title(each, t), month_path(each)) for each in around],
    }


def _page(site: Site, folder: str, sections: Sequence[Month], heads: Mapping[str, Any]) -> LazyFile:
    """Return a page of news, which is rendered if anything that it shows has changed."""
    return LazyFile(
        f"{folder}index.html",
        partial(_key, sections, heads, site.context.extras),
        partial(_rendered, site, folder, sections, heads),
    )


def _key(sections: Sequence[Month], heads: Mapping[str, Any], extras: Extras) -> bytes:
    """Return what identifies everything that a page shows."""
    shown = [
        [{**item._asdict(), "avatar": str(item.avatar)} for item in section.items]
        for section in sections
    ]
    return combined([(each.title, each.path) for each in sections], shown, {**heads}, extras)


def _rendered(
    site: Site, folder: str, sections: Sequence[Month], heads: Mapping[str, Any]
) -> bytes:
    """Return a rendered page."""
    every = [item for section in sections for item in section.items]
    present = {item.kind for item in every}
    values = {
        **heads,
        "sections": sections,
        "kinds": [(kind, site.t(key)) for kind, key in KINDS.items() if kind in present],
        "glyphs": symbols(item.service_type for item in every),
    }
    return site.page("news", folder, values, current="news")[1]
