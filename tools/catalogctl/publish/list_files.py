"""Build every list: all plugins, pages, one list per value, and the versions of all plugins.

A long list is published in parts, each a shorter list named by its content, so a changed plugin
changes one part. Parts and lists are joined from encoded rows on demand, so only one is in memory
at a time.
"""

from __future__ import annotations

import hashlib
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.publish.cuts import PART_OF_LIST, cut
from catalogctl.publish.endpoints import (
    API,
    INDEX,
    LIST,
    LIST_BY,
    LIST_EVERY,
    LIST_PAGE,
    LIST_PART,
    LIST_VERSIONS,
    PARTS,
    filled,
    of_repository,
)
from catalogctl.publish.file_groups import FileGroup
from catalogctl.publish.manifest import Listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File
    from catalogctl.publish.facets import Rows, Segments
    from catalogctl.publish.upstreams import Upstream
    from catalogctl.source.settings import SiteSettings

    PartsOfLists: TypeAlias = "dict[str, list[Part]]"


class Part(NamedTuple):
    """A published part of a list, and its number of plugins."""

    plugins: int
    file: Listed


def lists(
    rows: Rows, site: SiteSettings, parts: PartsOfLists, upstreams: Sequence[Upstream] = ()
) -> Iterator[File]:
    """Yield every list; page 1, both states and both registry types exist even if empty.

    The parts of each long list are added to `parts`, by the list's path. Lists share equal parts,
    which are yielded once.
    """
    yielded: set[str] = set()
    yield from _lists_of(rows, site, parts, yielded)
    every = [*rows.ordered]
    for each in upstreams:
        theirs: PartsOfLists = {}
        for path, data in _lists_of(each.rows(), site, theirs, yielded):
            yield of_repository(path, each.segment), data
        parts.update((of_repository(path, each.segment), found) for path, found in theirs.items())
        every.extend(each.plugins)
    if upstreams and not in_parts(len(every), site):
        yield LIST_EVERY, plugins_info(every, len(every))


def _lists_of(
    rows: Rows, site: SiteSettings, parts: PartsOfLists, yielded: set[str]
) -> Iterator[File]:
    """Yield every list of a repository; `yielded` are the paths of parts that there are already."""
    for each in _lists(rows):
        if not in_parts(len(each.rows), site):
            yield each.path, each.encode(each.rows)
            continue
        parts[each.path] = []
        for some in cut(each.rows, PART_OF_LIST, lambda row: row.plugin_id):
            data = each.encode(some)
            part = _part(data, len(some))
            parts[each.path].append(part)
            if part.file.path not in yielded:
                yielded.add(part.file.path)
                yield part.file.path, data
    if has_pages(len(rows.ordered), site):
        yield from _pages(rows.ordered, site.page_size)


def list_group(
    rows: Rows, site: SiteSettings, parts: PartsOfLists, upstreams: Sequence[Upstream] = ()
) -> FileGroup:
    """Return every list, see `lists`; `parts` are complete when all have been made."""
    path = r"list/(all|versions|every|(page|by)/.+)\.json"
    pattern = rf"{API}/{path}|repositories/[^/]+/plugin/{path}|{PARTS}.+"
    return FileGroup(pattern, lambda: lists(rows, site, parts, upstreams))


class _List(NamedTuple):
    """A list: its path, its rows, and what encodes some of them."""

    path: str
    rows: Sequence[PluginSummary]
    encode: Callable[[Sequence[PluginSummary]], bytes]


def _lists(rows: Rows) -> Iterator[_List]:
    """Yield each list that is not a page."""
    yield _List(LIST, rows.ordered, _plugins_info)
    yield _List(LIST_VERSIONS, sorted(rows.ordered, key=attrgetter("plugin_id")), _versions_list)
    for field, values in rows.groups.items():
        for value, found in values.items():
            yield _List(by_path(field, value, rows.segments), found, _plugins_info)


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


def has_every(total: int, context: BuildContext) -> bool:
    """Return whether the plugins of all repositories are one file; `total` are the catalog's own.

    The list of a catalog without upstreams is not published.
    """
    theirs = sum(len(each.plugins) for each in context.upstreams)
    return bool(context.upstreams) and not in_parts(total + theirs, context.settings.site)


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
    """Return a PluginsInfo file of encoded PluginInfos, with members in the seed's order."""
    return _list_file([row.encoded for row in rows], total_count)


def _plugins_info(rows: Sequence[PluginSummary]) -> bytes:
    return plugins_info(rows, len(rows))


def _versions_list(rows: Sequence[PluginSummary]) -> bytes:
    """Return a VersionsList file."""
    encoded = [
        b'{"plugin_id":"%s","results":%s}' % (row.plugin_id.encode(), row.versions.tags)
        for row in rows
    ]
    return _list_file(encoded, len(rows))


def _list_file(rows: list[bytes], total_count: int) -> bytes:
    """Return a file of encoded rows.

    It is joined in one step, because a large catalog's list would not fit into memory twice.
    """
    parts = rows or [b""]
    parts[0] = b'{"results":[' + parts[0]
    parts[-1] += b'],"total_count":%d}\n' % total_count
    return b",".join(parts)
