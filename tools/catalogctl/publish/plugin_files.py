"""Make the files that are one plugin's own, and its summary for shared files.

This runs in a worker, ten thousand times over: each value is encoded once.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from catalogctl.jsontypes import as_text
from catalogctl.publish.badges import badge_files
from catalogctl.publish.build_context import PluginSummary
from catalogctl.publish.endpoints import API, LOCK, filled
from catalogctl.publish.feed import plugin_feed
from catalogctl.publish.json_bytes import json_file
from catalogctl.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.jsontypes import JSON
    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.build_context import BuildContext, File, RenderedPlugin
    from catalogctl.publish.changes import Entry


def files(
    plugin: Plugin, edition: BuildContext, shown: RenderedPlugin, entries: Sequence[Entry] = ()
) -> Iterator[File]:
    """Yield every file that is this plugin's alone, its lock as it was read.

    `entries` are those of the journal that are this plugin's.
    """
    plugin_id = plugin.plugin_id
    if plugin.lock is not None:
        yield filled(LOCK, {"plugin_id": plugin_id}), plugin.lock
    yield f"{API}/get/{plugin_id}.json", plugin.encoded + b"\n"
    yield f"{API}/get-versions/{plugin_id}.json", versions_info(plugin)
    if edition.settings.site.badges:
        state = as_text(plugin.info["state"])
        yield from badge_files(plugin_id, state, plugin.latest_version)
    if edition.base_url is not None:
        yield plugin_feed(plugin, edition, edition.base_url, entries)
    yield shown.page


def versions_info(plugin: Plugin) -> bytes:
    """Return the plugin's VersionsInfo; without a usable lock it has no results."""
    tags: list[JSON] = [version.tag for version in plugin.versions]
    return json_file({"results": tags, "total_count": len(tags)})


def row(plugin: Plugin, shown: RenderedPlugin | None = None) -> PluginSummary:
    """Return what the shared files need of the plugin; without the site there is no card."""
    info = plugin.info
    labels, tags = info["labels"], info["tags"]
    return PluginSummary(
        plugin_id=plugin.plugin_id,
        name=as_text(info["name"]),
        info=plugin.encoded,
        state=as_text(info["state"]),
        service_type=as_text(info["service_type"]),
        provider=as_text(info.get("provider")) or None,
        registry_type=as_text(info["registry_type"]),
        registry_url=as_text(info["registry_url"]),
        image=as_text(info["image"]),
        labels=tuple(map(as_text, labels)) if isinstance(labels, list) else (),
        created_at=as_text(info["created_at"]),
        updated_at=as_text(info["updated_at"]),
        latest_version=plugin.latest_version,
        released_at=released_at(plugin),
        deprecated=plugin.deprecated,
        sha256=hashlib.sha256(plugin.encoded + b"\n").hexdigest(),
        versions_sha256=hashlib.sha256(versions_info(plugin)).hexdigest(),
        card=shown.card if shown is not None else "",
        description=as_text(tags.get("description")) if isinstance(tags, dict) else "",
        picture=shown.picture if shown is not None else None,
    )


def released_at(plugin: Plugin) -> str | None:
    """Return when the latest version came out, as the API writes times; None where nobody knows.

    That is when it was pushed, else when its lock had it first.
    """
    latest = next((each for each in plugin.versions if each.tag == plugin.latest_version), None)
    for given in (latest.pushed_at, latest.first_seen) if latest is not None else ():
        time = None if given is None else parse_time(given)
        if time is not None:
            return time
    return None
