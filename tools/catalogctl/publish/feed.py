"""Build Atom feeds of the calls and releases (RFC 4287; site contract, 2).

Times come from git. Ids are `tag:` URIs (RFC 4151) built from the catalog's address, the plugin,
the call and its time, so rebuilding, even a year later, yields the same ids. Outside git there is
no journal, and the plugins' dates provide their registration and last update.
"""

from __future__ import annotations

import heapq
import re
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from catalogctl.publish.endpoints import FEED, PLUGIN_FEED, RELEASES_FEED, filled
from catalogctl.publish.markup import XML, element, text
from catalogctl.wording import first_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File
    from catalogctl.publish.journal_files import Entry, Journal, VersionsEntry

    Words: TypeAlias = tuple[str, str, str]
    """A plugin's name, service_type and description; the last two are "" if it was removed."""

NEWEST = 50
_MINTED = "2026"
"""The year in the ids: RFC 4151 requires a date on which the catalog owned its address."""
_WORDS = {
    "register": "Registered",
    "update": "Updated",
    "enable": "Enabled",
    "disable": "Disabled",
    "deregister": "Deregistered",
}
_RELEASES = "Releases"
_IN_TITLE, _IN_TEXT = 3, 50
"""The maximum number of versions named in a title, and in the text below it."""
_NOT_IN_TAG = re.compile(r"[^A-Za-z0-9._~/-]")


_NO_NOTES: Mapping[str, str] = MappingProxyType({})


class FeedChange(NamedTuple):
    """One entry of a feed; the service_type of a removed plugin is "".

    `kind` is a call, or an event such as `versions`; `label` is its display text.
    """

    time: str
    plugin_id: str
    kind: str
    label: str
    title: str
    service_type: str
    content: str


def feeds(
    rows: Sequence[PluginSummary], context: BuildContext, base_url: str, journal: Journal
) -> Iterator[File]:
    """Yield the feed of the newest calls and releases, then that of the newest releases alone."""
    words = {row.plugin_id: _words(row) for row in rows}
    if journal.entries:
        changes = _journal_changes(journal.entries, words)
    else:
        every = (change for row in rows for change in _changes(row))
        changes = heapq.nlargest(NEWEST, every, key=_time)
    site = context.settings.site
    # The time of a feed without entries: one that does not change with each commit.
    otherwise = journal.entries[0].time if journal.entries else context.commit_time or context.now
    head = _Head(site.title, site.description, "", FEED, otherwise)
    yield FEED, _atom(head, changes, context, base_url)
    title = f"{site.title} · {_RELEASES}"
    head = _Head(title, site.description, "news/", RELEASES_FEED, otherwise)
    releases = _journal_changes(newest_releases(journal.entries), words)
    yield RELEASES_FEED, _atom(head, releases, context, base_url)


def newest_releases(entries: Sequence[Entry]) -> list[VersionsEntry]:
    """Return the newest entries that have new versions, oldest first."""
    found = (each for each in reversed(entries) if each.call is None and each.added)
    return [*islice(found, NEWEST)][::-1]


def plugin_feed(
    plugin: PluginSummary,
    context: BuildContext,
    base_url: str,
    entries: Sequence[Entry],
    notes: Mapping[str, str] = _NO_NOTES,
) -> File:
    """Return the feed of one plugin; `entries` are its own journal entries.

    `notes` are the release notes of versions, as text.
    """
    changes = _journal_changes(entries, {plugin.plugin_id: _words(plugin)}, notes)
    changes = changes or sorted(_changes(plugin), key=_time, reverse=True)
    path = filled(PLUGIN_FEED, {"plugin_id": plugin.plugin_id})
    title = f"{plugin.name} · {context.settings.site.title}"
    head = _Head(title, "", f"plugins/{plugin.plugin_id}/", path, changes[0].time)
    return path, _atom(head, changes, context, base_url)


def _journal_changes(
    entries: Sequence[Entry],
    words: Mapping[str, Words],
    notes: Mapping[str, str] = _NO_NOTES,
) -> list[FeedChange]:
    """Return the latest journal entries, newest first; removed plugins only have their id."""
    return [
        _change(entry, words.get(entry.plugin_id, (entry.plugin_id, "", "")), notes)
        for entry in reversed(entries[-NEWEST:])
    ]


def _change(entry: Entry, words: Words, notes: Mapping[str, str]) -> FeedChange:
    if entry.call is None:
        change = _of_versions(entry, words)
        told = [f"{tag}\n\n{notes[tag]}" for tag in entry.added if tag in notes]
        return change._replace(content="\n\n".join([change.content, *told]))
    return _of_call(entry.time, entry.plugin_id, entry.call, words)


def _of_call(time: str, plugin_id: str, call: str, words: Words) -> FeedChange:
    name, service_type, description = words
    label = _WORDS[call]
    content = description or service_type or label
    return FeedChange(time, plugin_id, call, label, f"{label}: {name}", service_type, content)


def _of_versions(entry: VersionsEntry, words: Words) -> FeedChange:
    """Return a commit's changes to a plugin's versions; the title has the main change."""
    name, service_type, _ = words
    news = (
        ("New version", entry.added),
        ("Moved version", entry.moved),
        ("Removed version", entry.removed),
    )
    told = [(what, tags) for what, tags in news if tags]
    label, tags = told[0] if told else ("Latest version", ())
    which = first_of(tags, _IN_TITLE) or entry.latest_version or "none"
    title = f"{_counted(label, tags)}: {name} {which}"
    parts = [f"{_counted(what, tags)}: {first_of(tags, _IN_TEXT)}." for what, tags in told]
    content = " ".join([*parts, f"Latest version: {entry.latest_version or 'none'}."])
    return FeedChange(
        entry.time, entry.plugin_id, "versions", "Versions", title, service_type, content
    )


def _counted(what: str, tags: Sequence[str]) -> str:
    return f"{what}s" if len(tags) > 1 else what


def _words(row: PluginSummary) -> Words:
    return row.name, row.service_type, row.description


def _changes(row: PluginSummary) -> Iterator[FeedChange]:
    """Yield the registration and, if the plugin was updated since, the last update."""
    yield _of_call(row.created_at, row.plugin_id, "register", _words(row))
    if row.updated_at != row.created_at:
        yield _of_call(row.updated_at, row.plugin_id, "update", _words(row))


def _time(change: FeedChange) -> str:
    return change.time


class _Head(NamedTuple):
    """A feed's metadata; `page` is the path of its HTML page, `path` that of the feed itself."""

    title: str
    description: str
    page: str
    path: str
    otherwise: str


def _atom(
    head: _Head, changes: Sequence[FeedChange], context: BuildContext, base_url: str
) -> bytes:
    """Return a feed; its update time is that of its newest change."""
    site = context.settings.site
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
        element("generator", context.generator),
        *_entries(changes, base_url),
        "</feed>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _entries(changes: Iterable[FeedChange], base_url: str) -> Iterator[str]:
    for change in changes:
        own = f"plugins/{change.plugin_id}/"
        page = own if change.service_type else "removed/"
        yield "<entry>"
        yield element("id", _tag(base_url, f"{own}{change.kind}/{change.time}"))
        yield element("title", change.title, type="text")
        yield element("updated", change.time)
        yield element("link", "", rel="alternate", type="text/html", href=base_url + page)
        yield element("category", "", term=change.kind, label=change.label)
        if change.service_type:
            yield element("category", "", term=change.service_type)
        yield element("content", change.content, type="text")
        yield "</entry>"


def _tag(base_url: str, path: str) -> str:
    """Return the `tag:` URI of a path in this catalog."""
    return _tag_start(base_url) + _NOT_IN_TAG.sub("-", path)


@lru_cache(maxsize=1)
def _tag_start(base_url: str) -> str:
    """Return the start of the `tag:` URIs of a catalog."""
    parts = urlsplit(base_url)
    host = _NOT_IN_TAG.sub("-", parts.hostname or "localhost")
    return f"tag:{host},{_MINTED}:{_NOT_IN_TAG.sub('-', parts.path)}"
