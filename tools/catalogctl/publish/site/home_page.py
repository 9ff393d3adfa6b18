"""Build the home page and its following pages: all plugins, the search, the facets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.publish.endpoints import LIST
from catalogctl.publish.list_files import linked
from catalogctl.publish.site.card_lists import ListHead, list_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.publish.build_context import LazyFile
    from catalogctl.publish.site.site_context import SharedValues, Site


def pages(site: Site, shared: SharedValues) -> Iterator[LazyFile]:
    """Yield the list of all plugins, page by page."""
    settings, t = site.edition.settings.site, site.t
    plugins = t.counted("count_plugins", len(shared.rows))
    head = ListHead(
        folder="",
        heading=settings.title,
        lead=settings.description or t("home_lead", plugins=plugins),
        as_json=linked(LIST, len(shared.rows), settings),
        page_title=settings.title,
        facets=shared.facets,
    )
    yield from list_pages(site, shared.rows, head, shared.cards)
