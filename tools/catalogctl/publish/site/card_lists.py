"""Split a list of cards into pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.publish.list_files import page_count
from catalogctl.publish.site import texts
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.site_context import path_to_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.model.plugin import PluginSummary
    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.cards import Cards
    from catalogctl.publish.site.facet_values import Facet
    from catalogctl.publish.site.site_context import Site
    from catalogctl.publish.site.texts import Texts

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
) -> Iterator[File]:
    """Yield the pages of a list of cards, at least one; the first is the folder's own page."""
    t, size = site.t, site.edition.settings.site.cards_per_page
    last = page_count(len(rows), size)
    description = texts.short(t("list_description", heading=head.heading, lead=head.lead))
    for number in range(1, last + 1):
        path = list_path(head.folder, number)
        root = path_to_root(path)
        shown = rows[(number - 1) * size : number * size]
        facets = {"root": root, "facets": head.facets}
        values = {
            **head._asdict(),
            "page_title": _nth(head.page_title, number, t),
            "page_description": _nth(description, number, t),
            "total": t.counted("count_plugins", len(rows)),
            "count": len(rows),
            "number": number,
            "pages": last,
            "size": size,
            "pager": pager(number, last, head.folder),
            "scripts": ("search-engine", "search") if head.facets else (),
            "cards": SafeHtml("\n".join(cards.card(row, root) for row in shown)),
            "facets": SafeHtml(site.templates.render("facets", facets) if head.facets else ""),
        }
        yield site.page("list", path, values, current="plugins", is_home=not head.folder)


def _nth(text: str, number: int, t: Texts) -> str:
    """Return a title or description, with the page number on pages after the first."""
    return t("of_page", text=text, number=number) if number > 1 else text


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
