"""Build every page that does not belong to a single plugin, kind by kind."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from catalogctl.content_hash import combined
from catalogctl.publish.file_groups import FileGroup
from catalogctl.publish.site import (
    about_page,
    api_page,
    console_page,
    facet_pages,
    home_page,
    news_page,
    not_found_page,
    own_pages,
    removed_pages,
    search_index,
    statistics_page,
    upstream_pages,
)
from catalogctl.publish.site.assets import QUERY_SCRIPT
from catalogctl.publish.site.facet_values import FACETS, facets, registry_types
from catalogctl.publish.site.list_rows import ListRows
from catalogctl.publish.site.repository_facet import own_repository, rows_of_every_repository
from catalogctl.publish.site.site_context import SharedValues, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from catalogctl.publish.build_context import File, LazyFile
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.news import News
    from catalogctl.publish.query_files import SavedAnswer

SEARCH_INDEX = "search/.+"
_PAGE = r"(page/\d+/)?index\.html"
_FACETS = "|".join(kind.folder for kind in FACETS)
KINDS: tuple[tuple[str, Callable[[Site, SharedValues], Iterator[File | LazyFile]]], ...] = (
    (_PAGE, home_page.pages),
    (rf"({_FACETS})/([^/]+/)?{_PAGE}", facet_pages.pages),
    (r"news/([^/]+/)?index\.html", news_page.pages),
    (r"stats/([^/]+/)?index\.html", statistics_page.pages),
    (r"api/index\.html", api_page.pages),
    (r"api/console/index\.html", console_page.pages),
    (r"pages/[^/]+/index\.html", own_pages.pages),
    (r"about/index\.html", about_page.pages),
    (r"404\.html", not_found_page.pages),
    (r"(removed|plugins/[^/]+)/index\.html", removed_pages.pages),
    (rf"upstream/[^/]+/{_PAGE}|plugins/[^/]+/index\.html", upstream_pages.pages),
)
"""The kinds of pages with patterns of their paths, in the order of the sitemap."""


def page_groups(
    site: Site, rows: Rows, answers: Iterable[SavedAnswer], news: News
) -> Iterator[FileGroup]:
    """Yield the assets, every kind of page shared by all plugins, and the search index.

    `answers` are the answers of the built-in and saved queries.
    """

    @cache
    def given() -> tuple[Site, SharedValues]:
        shown = registry_types(rows, site.t)
        showing = replace(site, t=site.t.showing(shown))
        key = combined(shown, site.context.extras)
        list_rows = ListRows(site.templates, site.image_hosts, showing.t, key)
        found = facets(rows, showing.t)
        return showing, SharedValues(rows.ordered, found, answers, news, list_rows)

    yield FileGroup(rf"assets/.+|{re.escape(QUERY_SCRIPT)}", lambda: site.assets.files)
    for pattern, kind in KINDS:
        yield FileGroup(pattern, partial(_pages, kind, given))
    yield FileGroup(
        SEARCH_INDEX,
        lambda: search_index.files(
            rows_of_every_repository(rows.ordered, site.context),
            site.image_hosts,
            words=site.t.words,
            repository=own_repository(site.context),
        ),
    )


def _pages(
    kind: Callable[[Site, SharedValues], Iterator[File | LazyFile]],
    given: Callable[[], tuple[Site, SharedValues]],
) -> Iterator[File | LazyFile]:
    return kind(*given())
