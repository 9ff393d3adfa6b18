"""Build every PluginsInfo file: all plugins, pages, and one list per value.

A list is joined from its encoded rows on demand, so only one is in memory at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.publish.endpoints import LIST, LIST_BY, LIST_PAGE, filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.model.plugin import PluginSummary
    from catalogctl.publish.build_context import File
    from catalogctl.publish.facets import Rows, Segments


def lists(rows: Rows, page_size: int) -> Iterator[File]:
    """Yield every list; page 1, both states and both registry types exist even if empty."""
    every = rows.ordered
    yield LIST, plugins_info(every, len(every))
    for number in range(1, page_count(len(every), page_size) + 1):
        page = every[(number - 1) * page_size : number * page_size]
        yield filled(LIST_PAGE, {"page": str(number)}), plugins_info(page, len(every))
    for field, values in rows.groups.items():
        for value, found in values.items():
            yield by_path(field, value, rows.segments), plugins_info(found, len(found))


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
