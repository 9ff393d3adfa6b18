"""Build every page that does not belong to a single plugin, kind by kind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catalogctl.content_hash import combined
from catalogctl.publish.site import (
    api_page,
    console_page,
    facet_pages,
    home_page,
    not_found_page,
    own_pages,
    removed_pages,
    search_index,
    statistics_page,
)
from catalogctl.publish.site.cards import Cards
from catalogctl.publish.site.facet_values import facets, registry_types
from catalogctl.publish.site.site_context import SharedValues, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from catalogctl.publish.build_context import File, LazyFile
    from catalogctl.publish.changes import Tombstone
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.query_files import SavedAnswer

KINDS: tuple[Callable[[Site, SharedValues], Iterator[File | LazyFile]], ...] = (
    home_page.pages,
    facet_pages.pages,
    statistics_page.pages,
    api_page.pages,
    console_page.pages,
    own_pages.pages,
    not_found_page.pages,
    removed_pages.pages,
)
"""The kinds of pages, in the order of the sitemap."""


def shared_pages(
    site: Site, rows: Rows, answers: Sequence[SavedAnswer], tombstones: Sequence[Tombstone]
) -> Iterator[File | LazyFile]:
    """Yield the assets, every page shared by all plugins, and the search index.

    `answers` are the answers of the built-in and saved queries.
    """
    yield from site.assets.files
    shown = registry_types(rows, site.t)
    site = replace(site, t=site.t.showing(shown))
    key = combined(shown, site.edition.extras)
    cards = Cards(site.templates, site.image_hosts, site.t, key)
    values = SharedValues(rows.ordered, facets(rows, site.t), answers, tombstones, cards)
    for kind in KINDS:
        yield from kind(site, values)
    yield from search_index.files(rows.ordered, site.image_hosts)
