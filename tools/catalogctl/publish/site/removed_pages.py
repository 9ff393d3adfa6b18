"""Build the page of removed plugins and a page at the old address of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.site_context import SharedValues, Site


def pages(site: Site, shared: SharedValues) -> Iterator[File]:
    """Yield the list of tombstones, then each of them."""
    say = site.say
    tombstones = [(each, say.day(each.time)) for each in shared.tombstones]
    values: dict[str, object] = {
        "tombstones": tombstones,
        "page_title": site.titled(say("removed_plugins")),
        "page_description": say("removed_description"),
    }
    yield site.page("removed", "removed/", values, current="stats")
    for gone, day in tombstones:
        values = {
            "gone": gone,
            "day": day,
            "page_title": site.titled(say("title_deregistered", plugin_id=gone.plugin_id)),
            "page_description": say("no_longer_here", plugin_id=gone.plugin_id),
        }
        yield site.page("tombstone", f"plugins/{gone.plugin_id}/", values, current="plugins")
