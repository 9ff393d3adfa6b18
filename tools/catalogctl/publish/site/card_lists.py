"""Split a list of cards into pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from catalogctl.content_hash import combined
from catalogctl.publish.build_context import LazyFile
from catalogctl.publish.cuts import PAGE_OF_CARDS, cut
from catalogctl.publish.site import texts
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.site_context import path_to_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.site.cards import Cards
    from catalogctl.publish.site.facet_values import Facet
    from catalogctl.publish.site.site_context import Site
    from catalogctl.publish.site.texts import Texts

LONG = 500
"""The number of plugins above which a list is cut where the ids say so, not into even pages."""
AROUND = 2
"""Page links on each side of the current page."""


class ListHead(NamedTuple):
    """The head of a list; `crumbs` are (text, path), `facets` appear next to the search."""

    folder: str
    heading: str
    lead: str
    as_json: str
    page_title: str
    crumbs: tuple[tuple[str, str], ...] = ()
    facets: tuple[Facet, ...] = ()


def list_pages(
    site: Site, rows: Sequence[PluginSummary], head: ListHead, cards: Cards
) -> Iterator[LazyFile]:
    """Yield the pages of a list of cards, at least one; the first is the folder's own page.

    Only the first page has what changes with any plugin: the total, the lead and the facets.
    """
    parts = list(card_pages(rows, site.edition.settings.site.cards_per_page))
    for number, shown in enumerate(parts, start=1):
        path = list_path(head.folder, number)
        values = {
            **head._asdict(),
            "number": number,
            "pages": len(parts),
            "pager": pager(number, len(parts), head.folder),
            **(
                _of_first_page(site, head, len(rows))
                if number == 1
                else _of_next_page(site.t, head, number)
            ),
        }
        plain = {name: str(each) if name == "facets" else each for name, each in values.items()}
        key = combined(cards.key, plain, [cards.key_of(row) for row in shown])
        make = partial(_page, site, path, values, partial(_joined, cards, shown, path))
        yield LazyFile(f"{path}index.html", key, make)


def _page(site: Site, path: str, values: dict[str, Any], cards: Callable[[], SafeHtml]) -> bytes:
    """Return a page of a list."""
    given = {**values, "cards": cards()}
    return site.page("list", path, given, current="plugins", is_home=path == "")[1]


def _joined(cards: Cards, rows: Sequence[PluginSummary], path: str) -> SafeHtml:
    """Return the cards of some plugins for the page at a path."""
    root = path_to_root(path)
    return SafeHtml("\n".join(cards.card(row, root) for row in rows))


def card_pages(rows: Sequence[PluginSummary], size: int) -> Iterable[Sequence[PluginSummary]]:
    """Return the rows of each page, at least one page; long lists are cut by the plugins' ids."""
    if len(rows) > LONG:
        return cut(rows, PAGE_OF_CARDS, lambda row: row.plugin_id)
    return (rows[start : start + size] for start in range(0, max(len(rows), 1), size))


def _of_first_page(site: Site, head: ListHead, total: int) -> dict[str, Any]:
    """Return the values that only the first page has."""
    t, root = site.t, path_to_root(head.folder)
    facets = {"root": root, "facets": head.facets}
    return {
        "page_description": texts.short(
            t("list_description", heading=head.heading, lead=head.lead)
        ),
        "total": t.counted("count_plugins", total),
        "count": total,
        "size": site.edition.settings.site.cards_per_page,
        "scripts": ("search-engine", "search") if head.facets else (),
        "facets": SafeHtml(site.templates.render("facets", facets) if head.facets else ""),
    }


def _of_next_page(t: Texts, head: ListHead, number: int) -> dict[str, Any]:
    """Return the values of any other page, which don't change with the plugins of other pages."""
    return {
        "page_title": t("of_page", text=head.page_title, number=number),
        "page_description": t("of_page", text=texts.short(head.heading), number=number),
        "lead": "",
        "total": "",
        "facets": "",
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
