"""Build the files shared by all plugins, one at a time.

The lists are not included, because the index needs to know their parts; nor are the index and the
manifest, which need the hashes of the written files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.publish.changes import change_files
from catalogctl.publish.crawlers import robots, sitemap
from catalogctl.publish.feed import feed
from catalogctl.publish.headers import content_policy, host_files
from catalogctl.publish.openapi import openapi
from catalogctl.publish.published_schemas import project_schemas, schema_files
from catalogctl.publish.query_files import saved_files
from catalogctl.publish.site.site_pages import shared_pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File, LazyFile
    from catalogctl.publish.changes import Journal
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.publish.site.site_context import Site


def shared_files(
    rows: Rows,
    edition: BuildContext,
    answers: Sequence[SavedAnswer],
    *,
    site: Site,
    journal: Journal,
) -> Iterator[File | LazyFile]:
    """Yield the files shared by all plugins except the lists, the index and the manifest.

    `answers` has those of the built-in queries, then of the saved ones. Outside git, `journal` is
    empty.
    """
    html: list[str] = []
    hashed: list[str] = []
    for file in shared_pages(site, rows, answers, journal.tombstones):
        path = file[0]
        if path.endswith(".html") and path != "404.html" and not path.startswith("plugins/"):
            html.append(path)
        elif path.startswith("search/") and path != "search/index.json":
            hashed.append(path)
        yield file
    yield from saved_files(answers)
    schemas = project_schemas()
    yield openapi(rows.ordered, edition, answers, schemas, has_changes=bool(journal.entries))
    yield from change_files(journal)
    yield from schema_files(schemas, edition.base_url)
    yield from _around(rows.ordered, edition, html, journal)
    yield from host_files(content_policy(edition.settings.site.image_hosts), hashed)


def _around(
    rows: Sequence[PluginSummary], edition: BuildContext, html: list[str], journal: Journal
) -> Iterator[File]:
    """Yield the files for feed readers and crawlers."""
    if edition.base_url is not None:
        yield feed(rows, edition, edition.base_url, journal)
        updated = {f"plugins/{row.plugin_id}/index.html": row.updated_at for row in rows}
        yield from sitemap(sorted([*html, *updated]), updated, edition.base_url)
    yield robots(edition.base_url)
