"""Tell the news of a catalog from its journal: what was released, added, deprecated or removed."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.journal_files import Entry, Journal

RELEASE, NEW, DEPRECATED, REMOVED = "release", "new", "deprecated", "removed"
KINDS = {
    RELEASE: "news_releases",
    NEW: "news_new",
    DEPRECATED: "news_deprecated",
    REMOVED: "news_removed",
}
"""The kinds of news that can be shown alone, with the keys of their titles.

Disabling or enabling a plugin counts as the third kind.
"""
_OF_CALLS = {
    "register": (NEW, "news_new"),
    "disable": (DEPRECATED, "news_disabled"),
    "enable": (DEPRECATED, "news_enabled"),
    "deregister": (REMOVED, "news_removed"),
}
"""The kind of each call that is news, and the key of what it is called."""


class NewsItem(NamedTuple):
    """One piece of news; `tag` is the key of what happened, `versions` are those of a release."""

    time: str
    plugin_id: str
    kind: str
    tag: str
    versions: Sequence[str] = ()

    @property
    def month(self) -> str:
        """The month in which it was («2026-11»)."""
        return self.time[:7]


def news_items(journal: Journal, plugins: Sequence[PluginSummary]) -> list[NewsItem]:
    """Return the news, newest first; outside git, that is when the plugins were registered."""
    if journal.entries:
        items = [item for each in journal.entries for item in _of_entry(each)]
        items += [
            NewsItem(each.time, each.plugin_id, DEPRECATED, "news_deprecated")
            for each in journal.deprecations
        ]
    else:
        items = [NewsItem(row.created_at, row.plugin_id, NEW, "news_new") for row in plugins]
    return sorted(items, key=attrgetter("time"), reverse=True)


def _of_entry(entry: Entry) -> Iterator[NewsItem]:
    """Yield what an entry of the journal tells, if it is news."""
    if entry.call is None:
        if entry.added:
            yield NewsItem(entry.time, entry.plugin_id, RELEASE, "", entry.added)
    elif entry.call in _OF_CALLS:
        yield NewsItem(entry.time, entry.plugin_id, *_OF_CALLS[entry.call])
