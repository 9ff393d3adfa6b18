"""Build the home page and its following pages: all plugins, the search, the facets."""

from __future__ import annotations

from heapq import nlargest
from typing import TYPE_CHECKING

from catalogctl.publish.endpoints import LIST
from catalogctl.publish.list_files import linked
from catalogctl.publish.site.list_pages import ListHead, ShownRelease, list_pages
from catalogctl.publish.site.list_rows import plugin_avatar
from catalogctl.publish.site.repository_facet import repository_facet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import LazyFile
    from catalogctl.publish.site.site_context import SharedValues, Site

RELEASES = 4
LONGEST_HEADING = 80
"""The length up to which a catalog's description is the heading; a longer one stands below."""


def pages(site: Site, shared: SharedValues) -> Iterator[LazyFile]:
    """Yield the list of all plugins, page by page."""
    settings, t = site.context.settings.site, site.t
    is_heading = 0 < len(settings.description) <= LONGEST_HEADING
    plugins = t.counted("count_plugins", len(shared.rows))
    lead = settings.description if settings.description and not is_heading else ""
    head = ListHead(
        folder="",
        heading=settings.description.rstrip(".") if is_heading else settings.title,
        lead=lead or t("home_lead", plugins=plugins),
        as_json=linked(LIST, len(shared.rows), settings),
        page_title=settings.title,
        facets=(*shared.facets, *repository_facet(len(shared.rows), site.context, t)),
        releases=latest_releases(shared.rows, site),
    )
    yield from list_pages(site, shared.rows, head, shared.list_rows)


def latest_releases(plugins: Sequence[PluginSummary], site: Site) -> tuple[ShownRelease, ...]:
    """Return the plugins whose newest versions are the newest of all, one version of each."""
    dated = (each for each in plugins if each.versions.released_at and each.state == "ENABLED")
    # Of the same time, the first by name comes first, as `plugins` are in that order.
    newest = nlargest(RELEASES, dated, key=lambda each: each.versions.released_at or "")
    return tuple(_release(each, site) for each in newest)


def _release(plugin: PluginSummary, site: Site) -> ShownRelease:
    time = plugin.versions.released_at or ""
    return ShownRelease(
        plugin.plugin_id,
        plugin.name,
        plugin_avatar(plugin, "", site.image_hosts, size="s"),
        plugin.versions.latest or "",
        time,
        site.t.day(time),
    )
