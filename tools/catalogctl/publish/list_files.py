"""Build every PluginsInfo file: all plugins, pages, and one list per value.

A long list is published in parts, each a PluginsInfo named by its content, so a changed plugin
changes one part. Parts and lists are joined from encoded rows on demand, so only one is in memory
at a time.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.publish.cuts import PART_OF_LIST, cut
from catalogctl.publish.endpoints import (
    API,
    INDEX,
    LIST,
    LIST_BY,
    LIST_PAGE,
    LIST_PART,
    PARTS,
    filled,
)
from catalogctl.publish.file_groups import FileGroup
from catalogctl.publish.manifest import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import File
    from catalogctl.publish.facets import Rows, Segments
    from catalogctl.source.settings import SiteSettings

    PartsOfLists: TypeAlias = "dict[str, list[Part]]"


class Part(NamedTuple):
    """A published part of a list, and its number of plugins."""

    plugins: int
    file: Listed


def lists(rows: Rows, site: SiteSettings, parts: PartsOfLists) -> Iterator[File]:
    """Yield every list; page 1, both states and both registry types exist even if empty.

    The parts of each long list are added to `parts`, by the list's path. Lists share equal parts,
    which are yielded once.
    """
    yielded: set[str] = set()
    for path, found in _by_path(rows):
        if not in_parts(len(found), site):
            yield path, plugins_info(found, len(found))
            continue
        parts[path] = []
        for some in cut(found, PART_OF_LIST, lambda row: row.plugin_id):
            data = plugins_info(some, len(some))
            part = _part(data, len(some))
            parts[path].append(part)
            if part.file.path not in yielded:
                yielded.add(part.file.path)
                yield part.file.path, data
    if has_pages(len(rows.ordered), site):
        yield from _pages(rows.ordered, site.page_size)


def list_group(rows: Rows, site: SiteSettings, parts: PartsOfLists) -> FileGroup:
    """Return every list, see `lists`; `parts` are complete when all have been made."""
    pattern = rf"{API}/list/(all|(page|by)/.+)\.json|{PARTS}.+"
    return FileGroup(pattern, lambda: lists(rows, site, parts))


def _by_path(rows: Rows) -> Iterator[tuple[str, Sequence[PluginSummary]]]:
    """Yield the rows of each list that is not a page, by its path."""
    yield LIST, rows.ordered
    for field, values in rows.groups.items():
        for value, found in values.items():
            yield by_path(field, value, rows.segments), found


def _pages(every: Sequence[PluginSummary], page_size: int) -> Iterator[File]:
    for number in range(1, page_count(len(every), page_size) + 1):
        page = every[(number - 1) * page_size : number * page_size]
        yield filled(LIST_PAGE, {"page": str(number)}), plugins_info(page, len(every))


def _part(data: bytes, count: int) -> Part:
    digest = hashlib.sha256(data).hexdigest()
    return Part(count, Listed(filled(LIST_PART, {"sha256": digest}), len(data), digest))


def in_parts(count: int, site: SiteSettings) -> bool:
    """Return whether a list of so many plugins is published in parts."""
    return count > site.list_parts_above


def has_pages(total: int, site: SiteSettings) -> bool:
    """Return whether the list of all plugins is also published in pages.

    Every page says the total number of plugins, so each new plugin would change all of them.
    """
    return total <= site.index_shard_size


def linked(path: str, count: int, site: SiteSettings) -> str:
    """Return the file that a page links to for a list: its own, or the index that names its parts.

    `count` is its number of plugins.
    """
    return INDEX if in_parts(count, site) else path


def page_count(total: int, page_size: int) -> int:
    """Return the number of pages for a number of rows, at least 1."""
    return max(1, -(-total // page_size))


def by_path(field: str, value: str, segments: Segments) -> str:
    """Return the path of the list of one value."""
    return filled(LIST_BY, {"field": field, "value": segments[field, value]})


def plugins_info(rows: Sequence[PluginSummary], total_count: int) -> bytes:
    """Return a PluginsInfo file of encoded PluginInfos, with members in the seed's order.

    It is joined in one step, because a large catalog's list would not fit into memory twice.
    """
    parts = [row.encoded for row in rows] or [b""]
    parts[0] = b'{"results":[' + parts[0]
    parts[-1] += b'],"total_count":%d}\n' % total_count
    return b",".join(parts)
