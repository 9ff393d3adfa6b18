"""Build the files of a single plugin, in a worker."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl.publish.badges import badge_files
from catalogctl.publish.endpoints import API, GET, GET_VERSIONS, LOCK, filled
from catalogctl.publish.feed import plugin_feed
from catalogctl.publish.site.plugin_page import plugin_page
from catalogctl.publish.site.shown_documents import pictures, release_notes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.model.plugin import Plugin
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import File
    from catalogctl.publish.journal_files import Entry
    from catalogctl.publish.site.site_context import Site


_OWN = re.compile(
    r"versions/(?P<lock>[^/]+)\.json"
    rf"|{API}/get(-versions)?/(?P<answer>[^/]+)\.json"
    r"|badges/(?P<badge>[^/]+)\.(json|svg)"
    r"|plugins/(?P<page>[^/]+)/(index\.html|feed\.atom)"
    r"|assets/plugins/(?P<picture>[^/]+)/[^/]+"
)


def plugin_of(path: str) -> str | None:
    """Return the id of the plugin that a file with this path would belong to, None if to none."""
    found = _OWN.fullmatch(path)
    return found and next(filter(None, found.groupdict().values()))


def plugin_files(site: Site, plugin: Plugin, entries: Sequence[Entry] = ()) -> Iterator[File]:
    """Yield every file that belongs to one plugin only, including its unchanged lock.

    `entries` are the plugin's journal entries.
    """
    summary, context = plugin.summary, site.context
    hole = {"plugin_id": summary.plugin_id}
    if plugin.lock is not None:
        yield filled(LOCK, hole), plugin.lock
    yield filled(GET, hole), summary.encoded + b"\n"
    yield filled(GET_VERSIONS, hole), plugin.encoded_versions + b"\n"
    if context.extras.badges:
        yield from badge_files(summary.plugin_id, summary.state, summary.versions.latest)
    if context.extras.feeds and context.base_url is not None:
        yield plugin_feed(summary, context, context.base_url, entries, release_notes(plugin))
    yield from pictures(plugin)
    yield plugin_page(site, plugin, disabled_at(summary, entries))


def disabled_at(plugin: PluginSummary, entries: Sequence[Entry]) -> str | None:
    """Return when a plugin was disabled, None if it is enabled or the journal does not say."""
    if plugin.state != "DISABLED":
        return None
    return next((each.time for each in reversed(entries) if each.call == "disable"), None)
