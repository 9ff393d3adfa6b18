"""Build a list of the plugins of each upstream, and the pages of those that it answers for.

The page of such a plugin has no links to lists of its values, which have the catalog's own plugins.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from catalogctl.content_hash import combined
from catalogctl.model.upstream_plugins import upstream_plugin
from catalogctl.publish.build_context import LazyFile
from catalogctl.publish.endpoints import LIST, of_repository
from catalogctl.publish.list_files import linked
from catalogctl.publish.site.list_pages import ListHead, list_pages
from catalogctl.publish.site.list_rows import ListRows
from catalogctl.publish.site.plugin_page import plugin_page
from catalogctl.publish.site.related import Neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import Extras
    from catalogctl.publish.site.site_context import SharedValues, Site
    from catalogctl.publish.upstreams import Upstream


def pages(site: Site, shared: SharedValues) -> Iterator[LazyFile]:
    """Yield the pages of each upstream, then those of its plugins."""
    alone = replace(site, segments={}, neighbours=lambda _: Neighbours())
    for each in site.context.upstreams:
        # A plugin of another repository may have the same id, so each has rows of its own.
        rows = ListRows(site.templates, site.image_hosts, site.t, shared.list_rows.key)
        yield from list_pages(site, each.plugins, _head(site, each), rows)
        for plugin in each.plugins:
            if plugin.plugin_id not in each.shadowed:
                path = f"plugins/{plugin.plugin_id}/index.html"
                key = partial(_key, plugin, each, site.context.extras)
                yield LazyFile(path, key, partial(_plugin_page, alone, each, plugin))


def _key(plugin: PluginSummary, upstream: Upstream, extras: Extras) -> bytes:
    """Return what identifies all that the page of a plugin shows."""
    return combined(plugin, upstream.name, upstream.title, extras)


def _plugin_page(site: Site, upstream: Upstream, plugin: PluginSummary) -> bytes:
    return plugin_page(site, upstream_plugin(plugin), upstream_folder=_folder(upstream))[1]


def _folder(upstream: Upstream) -> str:
    return f"upstream/{upstream.name}/"


def _head(site: Site, upstream: Upstream) -> ListHead:
    t, edition = site.t, upstream.edition
    day = t.day(edition.now)
    lead = t("upstream_lead", url=edition.url, day=day) if day else edition.url
    path = of_repository(LIST, upstream.segment)
    return ListHead(
        folder=_folder(upstream),
        heading=upstream.title,
        lead=lead,
        as_json=linked(path, len(upstream.plugins), site.context.settings.site),
        page_title=site.titled(upstream.title),
        crumbs=((t("repositories"), "about/"),),
    )
