"""The journal and rows in, Atom feeds of what was called out (RFC 4287; site contract, 2).

The times are git's, the ids are `tag:` URIs (RFC 4151) made of the catalog's address, the plugin,
the call and its time: a build again, or a year later, gives the same ids. Outside git there is no
journal, and the dates of the plugins tell of their registration and their last update.
"""

from __future__ import annotations

import heapq
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from catalogctl.publish.endpoints import FEED, PLUGIN_FEED, filled
from catalogctl.publish.markup import XML, element, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.changes import Journal, JournalEntry
    from catalogctl.publish.values import Edition, File, Row

    Words: TypeAlias = tuple[str, str, str]
    """The name, the service_type and the description of a plugin; all but a name "" if gone."""

NEWEST = 50
_MINTED = "2026"
"""The year of the ids' form: RFC 4151 wants one in which the catalog had its address."""
_WORDS = {
    "register": "Registered",
    "update": "Updated",
    "enable": "Enabled",
    "disable": "Disabled",
    "deregister": "Deregistered",
}
_NOT_IN_TAG = re.compile(r"[^A-Za-z0-9._~/-]")


class Change(NamedTuple):
    """One call that changed the catalog, and what to say of the plugin; "" of one that is gone."""

    time: str
    plugin_id: str
    call: str
    name: str
    service_type: str
    description: str


def feed(rows: Sequence[Row], edition: Edition, base_url: str, journal: Journal) -> File:
    """Return the feed of the newest calls that changed the catalog."""
    if journal.entries:
        changes = _told(journal.entries, {row.plugin_id: _words(row) for row in rows})
    else:
        every = (change for row in rows for change in _changes(row))
        changes = heapq.nlargest(NEWEST, every, key=_time)
    site = edition.settings.site
    head = _Head(site.title, site.description, "", FEED, edition.commit_time or edition.now)
    return FEED, _atom(head, changes, edition, base_url)


def plugin_feed(
    plugin: Plugin, edition: Edition, base_url: str, entries: Sequence[JournalEntry]
) -> File:
    """Return the feed of one plugin; `entries` are those of the journal that are its own."""
    info, tags = plugin.info, plugin.info["tags"]
    description = tags.get("description") if isinstance(tags, dict) else None
    words = (
        str(info["name"]),
        str(info["service_type"]),
        description if isinstance(description, str) else "",
    )
    changes = _told(entries, {plugin.plugin_id: words})
    if not changes:
        dates = str(info["created_at"]), str(info["updated_at"])
        changes = sorted(_between(*dates, plugin.plugin_id, words), key=_time, reverse=True)
    path = filled(PLUGIN_FEED, {"plugin_id": plugin.plugin_id})
    title = f"{info['name']} · {edition.settings.site.title}"
    head = _Head(title, "", f"plugins/{plugin.plugin_id}/", path, changes[0].time)
    return path, _atom(head, changes, edition, base_url)


def _told(entries: Sequence[JournalEntry], words: Mapping[str, Words]) -> list[Change]:
    """Return the newest entries of the journal, newest first; what is gone has but its id."""
    return [
        Change(
            entry.time,
            entry.plugin_id,
            entry.call,
            *words.get(entry.plugin_id, (entry.plugin_id, "", "")),
        )
        for entry in reversed(entries[-NEWEST:])
    ]


def _words(row: Row) -> Words:
    return row.name, row.service_type, row.description


def _changes(row: Row) -> Iterator[Change]:
    return _between(row.created_at, row.updated_at, row.plugin_id, _words(row))


def _between(created_at: str, updated_at: str, plugin_id: str, words: Words) -> Iterator[Change]:
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
    updated = max(map(_time, changes), default=head.otherwise)
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
        own = f"plugins/{change.plugin_id}/"
        page = own if change.service_type else "removed/"
        words = _WORDS[change.call]
        yield "<entry>"
        yield element("id", _tag(base_url, f"{own}{change.call}/{change.time}"))
        yield element("title", f"{words}: {change.name}", type="text")
        yield element("updated", change.time)
        yield element("link", "", rel="alternate", type="text/html", href=base_url + page)
        yield element("category", "", term=change.call, label=words)
        if change.service_type:
            yield element("category", "", term=change.service_type)
        yield element("content", change.description or change.service_type or words, type="text")
        yield "</entry>"


def _tag(base_url: str, path: str) -> str:
    """Return the `tag:` URI of something in this catalog."""
    parts = urlsplit(base_url)
    name = _NOT_IN_TAG.sub("-", parts.path + path)
    return f"tag:{_NOT_IN_TAG.sub('-', parts.hostname or 'localhost')},{_MINTED}:{name}"
