"""Rows in, Atom feeds of registrations and updates out (RFC 4287; site contract, 2).

The times are git's, the ids are `tag:` URIs (RFC 4151) made of the catalog's address, the plugin,
the call and its time: a build again, or a year later, gives the same ids.
"""

from __future__ import annotations

import heapq
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from catalogctl.publish.endpoints import FEED, PLUGIN_FEED, filled
from catalogctl.publish.markup import XML, element, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.values import Edition, File, Row

NEWEST = 50
_MINTED = "2026"
"""The year of the ids' form: RFC 4151 wants one in which the catalog had its address."""
_WORDS = {"register": "Registered", "update": "Updated"}
_NOT_IN_TAG = re.compile(r"[^A-Za-z0-9._~/-]")


class Change(NamedTuple):
    """One call that changed the catalog, and what to say of the plugin."""

    time: str
    plugin_id: str
    call: str
    name: str
    service_type: str
    description: str


def feed(rows: Sequence[Row], edition: Edition, base_url: str) -> File:
    """Return the feed of the newest registrations and updates."""
    every = (change for row in rows for change in _changes(row))
    changes = heapq.nlargest(NEWEST, every, key=_time)
    site = edition.settings.site
    head = _Head(site.title, site.description, "", FEED, edition.commit_time or edition.now)
    return FEED, _atom(head, changes, edition, base_url)


def plugin_feed(plugin: Plugin, edition: Edition, base_url: str) -> File:
    """Return the feed of one plugin."""
    info, tags = plugin.info, plugin.info["tags"]
    description = tags.get("description") if isinstance(tags, dict) else None
    changes = sorted(
        _between(
            str(info["created_at"]),
            str(info["updated_at"]),
            plugin.plugin_id,
            (
                str(info["name"]),
                str(info["service_type"]),
                description if isinstance(description, str) else "",
            ),
        ),
        key=_time,
        reverse=True,
    )
    path = filled(PLUGIN_FEED, {"plugin_id": plugin.plugin_id})
    title = f"{info['name']} · {edition.settings.site.title}"
    head = _Head(title, "", f"plugins/{plugin.plugin_id}/", path, changes[0].time)
    return path, _atom(head, changes, edition, base_url)


def _changes(row: Row) -> Iterator[Change]:
    return _between(
        row.created_at,
        row.updated_at,
        row.plugin_id,
        (row.name, row.service_type, row.description),
    )


def _between(
    created_at: str, updated_at: str, plugin_id: str, words: tuple[str, str, str]
) -> Iterator[Change]:
    """Yield the registration, and the last update when there was one since."""
    yield Change(created_at, plugin_id, "register", *words)
    if updated_at != created_at:
        yield Change(updated_at, plugin_id, "update", *words)


def _time(change: Change) -> str:
    return change.time


class _Head(NamedTuple):
    """What a feed says of itself; `page` and `path` are those of its page and of itself."""

    title: str
    description: str
    page: str
    path: str
    otherwise: str


def _atom(head: _Head, changes: Sequence[Change], edition: Edition, base_url: str) -> bytes:
    """Return a feed; it was updated when its newest change was made."""
    site = edition.settings.site
    updated = changes[0].time if changes else head.otherwise
    lines = [
        f'{XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{text(site.language)}">',
        element("id", _tag(base_url, head.path)),
        element("title", head.title, type="text"),
        *([element("subtitle", head.description, type="text")] if head.description else ()),
        element("updated", updated),
        element("link", "", rel="self", type="application/atom+xml", href=base_url + head.path),
        element("link", "", rel="alternate", type="text/html", href=base_url + head.page),
        f"<author>{element('name', site.title)}</author>",
        element("generator", edition.generator),
        *_entries(changes, base_url),
        "</feed>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _entries(changes: Iterable[Change], base_url: str) -> Iterator[str]:
    for change in changes:
        page = f"plugins/{change.plugin_id}/"
        words = _WORDS[change.call]
        yield "<entry>"
        yield element("id", _tag(base_url, f"{page}{change.call}/{change.time}"))
        yield element("title", f"{words}: {change.name}", type="text")
        yield element("updated", change.time)
        yield element("link", "", rel="alternate", type="text/html", href=base_url + page)
        yield element("category", "", term=change.call, label=words)
        yield element("category", "", term=change.service_type)
        yield element("content", change.description or change.service_type, type="text")
        yield "</entry>"


def _tag(base_url: str, path: str) -> str:
    """Return the `tag:` URI of something in this catalog."""
    parts = urlsplit(base_url)
    name = _NOT_IN_TAG.sub("-", parts.path + path)
    return f"tag:{_NOT_IN_TAG.sub('-', parts.hostname or 'localhost')},{_MINTED}:{name}"
