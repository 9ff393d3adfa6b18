"""Split a list of plugins into pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from catalogctl.content_hash import combined
from catalogctl.publish.build_context import LazyFile
from catalogctl.publish.cuts import PAGE_OF_ROWS, cut
from catalogctl.publish.site.avatars import symbols
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.site_context import path_to_root
from catalogctl.query.plugin_search import short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.site.facet_values import Facet
    from catalogctl.publish.site.list_rows import ListRows
    from catalogctl.publish.site.site_context import Site
    from catalogctl.publish.site.texts import Texts

LONG = 500
"""The number of plugins above which a list is cut where the ids say so, not into even pages."""
_MARKUP = ("facets", "glyphs", "releases")
"""The values of a page that hold HTML."""
AROUND = 2
"""Page links on each side of the current page."""


class ShownRelease(NamedTuple):
    """A plugin's newest version, as the front page names it."""

    plugin_id: str
    name: str
    avatar: SafeHtml
    version: str
    time: str
    day: str


class ListHead(NamedTuple):
    """The head of a list.

    `crumbs` are (text, path); `facets` appear next to the search, `releases` beside it. A list of
    one value has it in `value`, and in `same` (value, path) of those with the same word.
    """

    folder: str
    heading: str
    lead: str
    as_json: str
    page_title: str
    crumbs: tuple[tuple[str, str], ...] = ()
    facets: tuple[Facet, ...] = ()
    releases: tuple[ShownRelease, ...] = ()
    value: str = ""
    same: tuple[tuple[str, str], ...] = ()


def list_pages(
    site: Site, rows: Sequence[PluginSummary], head: ListHead, list_rows: ListRows
) -> Iterator[LazyFile]:
    """Yield the pages of a list, at least one; the first is the folder's own page.

    Only the first page has what changes with any plugin: the total, the lead and the facets.
    """
    parts = list(row_pages(rows, site.context.settings.site.cards_per_page))
    for number, shown in enumerate(parts, start=1):
        path = list_path(head.folder, number)
        values = {
            **head._asdict(),
            "number": number,
            "pages": len(parts),
            "pager": pager(number, len(parts), head.folder),
            **(
                _of_first_page(site, head, len(rows), len(shown))
                if number == 1
                else _of_next_page(site.t, head, number)
            ),
        }
        key = partial(_key, values, list_rows, shown)
        make = partial(_page, site, path, values, shown, list_rows)
        yield LazyFile(f"{path}index.html", key, make)


def _key(values: dict[str, Any], list_rows: ListRows, shown: Sequence[PluginSummary]) -> bytes:
    """Return what identifies all that a page of a list shows."""
    plain = {name: str(each) if name in _MARKUP else each for name, each in values.items()}
    return combined(list_rows.key, plain, [list_rows.key_of(plugin) for plugin in shown])


def _page(
    site: Site,
    path: str,
    values: dict[str, Any],
    shown: Sequence[PluginSummary],
    list_rows: ListRows,
) -> bytes:
    """Return a page of a list."""
    root = path_to_root(path)
    rows = SafeHtml("\n".join(list_rows.row(plugin, root) for plugin in shown))
    glyphs = values["glyphs"] or symbols(plugin.service_type for plugin in shown)
    given = {**values, "rows": rows, "glyphs": glyphs}
    return site.page("list", path, given, current="plugins", is_home=path == "")[1]


def row_pages(rows: Sequence[PluginSummary], size: int) -> Iterable[Sequence[PluginSummary]]:
    """Return the rows of each page, at least one page; long lists are cut by the plugins' ids."""
    if len(rows) > LONG:
        return cut(rows, PAGE_OF_ROWS, lambda row: row.plugin_id)
    return (rows[start : start + size] for start in range(0, max(len(rows), 1), size))


def _of_first_page(site: Site, head: ListHead, total: int, shown: int) -> dict[str, Any]:
    """Return the values that only the first page has; it shows so many of all plugins."""
    t, root = site.t, path_to_root(head.folder)
    offered = [facet for facet in head.facets if _is_offered(facet)]
    facets = {"root": root, "facets": offered}
    kinds = next((facet.choices for facet in offered if facet.kind.field == "service_type"), ())
    return {
        "page_description": short(t("list_description", heading=head.heading, lead=head.lead)),
        "total": t.counted("count_plugins", total),
        "range": t("range_of", first=1, last=t.number(shown), total=t.number(total))
        if shown < total
        else "",
        "count": total + _of_others(site) if head.facets else total,
        "size": site.context.settings.site.cards_per_page,
        "scripts": ("search-engine", "search-rows", "search") if head.facets else (),
        "is_search": bool(head.facets),
        "facets": SafeHtml(site.templates.render("facets", facets) if offered else ""),
        "kinds": kinds,
        "glyphs": _glyphs_of(head.facets, site) if head.facets else "",
    }


def _of_others(site: Site) -> int:
    """Return how many plugins of other repositories the search finds."""
    return sum(len(each.answered) for each in site.context.upstreams)


def _is_offered(facet: Facet) -> bool:
    """Return whether a facet stands beside a list: one with a single row would choose nothing."""
    return facet.kind.field != "registry_type" and len(facet.choices) > 1


def _glyphs_of(facets: Sequence[Facet], site: Site) -> SafeHtml:
    """Return the symbols of every kind in the catalog, for results that a script draws."""
    kinds = (each.found for each in facets if each.kind.field == "service_type")
    theirs = (row.service_type for each in site.context.upstreams for row in each.plugins)
    return symbols([*(value.value for found in kinds for value in found), *theirs])


def _of_next_page(t: Texts, head: ListHead, number: int) -> dict[str, Any]:
    """Return the values of any other page, which don't change with the plugins of other pages."""
    return {
        "page_title": t("of_page", text=head.page_title, number=number),
        "page_description": t("of_page", text=short(head.heading), number=number),
        "lead": "",
        "total": "",
        "range": "",
        "is_search": False,
        "facets": "",
        "releases": (),
        "same": (),
        "kinds": (),
        "glyphs": "",
    }


def pager(number: int, count: int, folder: str) -> list[tuple[int, str | None]]:
    """Return (page, path) of each page link; a path of None means a gap."""
    near = {1, count, *range(max(1, number - AROUND), min(count, number + AROUND) + 1)}
    offered: list[tuple[int, str | None]] = []
    for page in sorted(near):
        if offered and page - offered[-1][0] > 1:
            offered.append((page - 1, None))
        offered.append((page, list_path(folder, page)))
    return offered


def list_path(folder: str, number: int) -> str:
    """Return the folder of a list's page; the first page is in the list's own folder."""
    return folder if number == 1 else f"{folder}page/{number}/"
