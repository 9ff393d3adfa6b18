"""Make every PluginsInfo file: all plugins, pages, one list for each value.

A list is joined from the bytes of its rows, and made when it is asked for: one at a time is held.
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
    """Yield every list; page 1, both states and both registry types are there when empty, too."""
    every = rows.ordered
    yield LIST, plugins_info(every, len(every))
    for number in range(1, page_count(len(every), page_size) + 1):
        page = every[(number - 1) * page_size : number * page_size]
        yield filled(LIST_PAGE, {"page": str(number)}), plugins_info(page, len(every))
    for field, values in rows.groups.items():
        for value, found in values.items():
            yield by_path(field, value, rows.segments), plugins_info(found, len(found))


def page_count(total: int, page_size: int) -> int:
    """Return how many pages so many rows make: at least one."""
    return max(1, -(-total // page_size))


def by_path(field: str, value: str, segments: Segments) -> str:
    """Return the path of the list of one value."""
    return filled(LIST_BY, {"field": field, "value": segments[field, value]})


def plugins_info(rows: Sequence[PluginSummary], total_count: int) -> bytes:
    """Return a PluginsInfo file, members in the seed's order, of PluginInfos encoded before.

    It is put together in one step: of a large catalog there is no room for it twice.
    """
    parts = [row.encoded for row in rows] or [b""]
    parts[0] = b'{"results":[' + parts[0]
    parts[-1] += b'],"total_count":%d}\n' % total_count
    return b",".join(parts)
