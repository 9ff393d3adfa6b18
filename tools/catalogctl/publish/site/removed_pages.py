"""Build the page of removed plugins and a page at the old address of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.site_context import SharedValues, Site


def pages(site: Site, shared: SharedValues) -> Iterator[File]:
    """Yield the list of tombstones, then each of them."""
    t = site.t
    tombstones = [(each, t.day(each.time)) for each in shared.news.journal.tombstones]
    values: dict[str, object] = {
        "tombstones": tombstones,
        "page_title": site.titled(t("removed_plugins")),
        "page_description": t("removed_description"),
    }
    yield site.page("removed", "removed/", values, current="news")
    for gone, day in tombstones:
        values = {
            "gone": gone,
            "day": day,
            "page_title": site.titled(t("title_deregistered", plugin_id=gone.plugin_id)),
            "page_description": t("no_longer_here", plugin_id=gone.plugin_id),
        }
        yield site.page("tombstone", f"plugins/{gone.plugin_id}/", values, current="plugins")
