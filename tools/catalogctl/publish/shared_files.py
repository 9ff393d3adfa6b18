"""Build the files shared by all plugins, one at a time, group by group.

The lists are not included, because the index needs to know their parts; nor are the index and the
manifest, which need the hashes of the written files.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from catalogctl.publish.crawlers import robots, sitemap
from catalogctl.publish.endpoints import HEALTH, RELEASES
from catalogctl.publish.feed import feeds
from catalogctl.publish.file_groups import FileGroup
from catalogctl.publish.headers import content_policy, host_files
from catalogctl.publish.health import health_file
from catalogctl.publish.journal_files import change_files
from catalogctl.publish.news import News
from catalogctl.publish.openapi import openapi
from catalogctl.publish.published_schemas import project_schemas, schema_files
from catalogctl.publish.query_files import saved_group
from catalogctl.publish.releases import releases_file
from catalogctl.publish.repository_files import repository_groups
from catalogctl.publish.site import search_index
from catalogctl.publish.site.repository_facet import rows_of_every_repository
from catalogctl.publish.site.site_pages import page_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File, LazyFile
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.journal_files import Journal
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.publish.site.site_context import Site


def shared_files(
    rows: Rows,
    context: BuildContext,
    answers: Iterable[SavedAnswer],
    *,
    site: Site,
    journal: Journal,
) -> Iterator[File | LazyFile]:
    """Yield the files of all groups, in order; see `shared_groups`."""
    for group in shared_groups(rows, context, answers, site=site, journal=journal):
        yield from group.files()


def shared_groups(
    rows: Rows,
    context: BuildContext,
    answers: Iterable[SavedAnswer],
    *,
    site: Site,
    journal: Journal,
) -> Iterator[FileGroup]:
    """Yield the files shared by all plugins except the lists, the index and the manifest.

    `answers` has those of the built-in queries, then of the saved ones. Outside git, `journal` is
    empty.
    """
    news = News(rows.ordered, context, journal)
    pages = list(page_groups(site, rows, answers, news))
    yield from pages
    yield saved_group(answers)
    yield from repository_groups(context)
    schemas = cache(project_schemas)
    has_changes = bool(journal.entries or journal.upstreams)
    yield FileGroup(
        r"openapi\.json",
        lambda: [openapi(rows.ordered, context, answers, schemas(), has_changes=has_changes)],
    )
    yield FileGroup(r"changes/.+|removed\.json", lambda: change_files(journal))
    yield FileGroup(re.escape(RELEASES), lambda: [releases_file(news.releases)])
    yield FileGroup(re.escape(HEALTH), lambda: [health_file(news.health)])
    yield FileGroup("schemas/.+", lambda: schema_files(schemas(), context.base_url))
    yield FileGroup(
        r"(feed|releases)\.atom|sitemap.*|robots\.txt",
        lambda: _around(rows.ordered, context, _in_sitemap(pages), journal),
    )
    policy = content_policy(context.settings.site.image_hosts)
    yield FileGroup(
        r"_headers|\.nojekyll",
        lambda: host_files(policy, _hashed(pages), has_upstreams=bool(context.upstreams)),
    )


def _in_sitemap(pages: Iterable[FileGroup]) -> list[str]:
    """Return the paths of the pages for the sitemap, without those of single plugins."""
    paths = chain.from_iterable(group.paths() for group in pages)
    return [
        path
        for path in paths
        if path.endswith(".html") and path != "404.html" and not path.startswith("plugins/")
    ]


def _hashed(pages: Iterable[FileGroup]) -> list[str]:
    """Return the paths of the search index's parts, which are named by their content."""
    paths = chain.from_iterable(group.paths() for group in pages)
    return [path for path in paths if path.startswith("search/") and path != search_index.INDEX]


def _around(
    rows: Sequence[PluginSummary], context: BuildContext, html: list[str], journal: Journal
) -> Iterator[File]:
    """Yield the files for feed readers and crawlers."""
    if context.base_url is not None:
        yield from feeds(rows, context, context.base_url, journal)
        every = rows_of_every_repository(rows, context)
        updated = {f"plugins/{row.plugin_id}/index.html": row.updated_at for row in every}
        yield from sitemap(sorted([*html, *updated]), updated, context.base_url)
    yield robots(context.base_url)
