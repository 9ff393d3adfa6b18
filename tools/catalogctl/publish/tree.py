"""Rows and answers in, every file that plugins share out, in the order in which it may be uploaded.

`index.json` comes last: it names the hash of what came before. The manifest is not among them: it
is made of what was written. Files are made one at a time; only their sums are kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import msgspec

from catalogctl.publish.crawlers import robots, sitemap
from catalogctl.publish.endpoints import CALLS
from catalogctl.publish.feed import feed
from catalogctl.publish.headers import host_files
from catalogctl.publish.index import Sum, index_files, sum_of
from catalogctl.publish.lists import lists
from catalogctl.publish.openapi import openapi
from catalogctl.publish.saved import saved_files
from catalogctl.publish.schemas import project_schemas, schema_files
from catalogctl.publish.site import policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.publish.facets import Segments
    from catalogctl.publish.saved import SavedAnswer
    from catalogctl.publish.schemas import Schemas
    from catalogctl.publish.values import Edition, File, Row


class SharedPages(Protocol):
    """What the site makes of all plugins together."""

    def shared(
        self,
        rows: Sequence[Row],
        stats: Mapping[str, JSONObject],
        endpoints: Mapping[str, str],
    ) -> Iterator[File]:
        """Yield the assets and every page that is not one plugin's."""
        ...


def shared_files(
    rows: Sequence[Row],
    edition: Edition,
    segments: Segments,
    answers: Sequence[SavedAnswer],
    pages: SharedPages,
) -> Iterator[File]:
    """Yield every file of a tree that is not one plugin's, but for the manifest.

    `rows` are in base order (name, then plugin_id, by code point); `segments` are those of
    `facet_segments`; `answers` are the built-in queries', then the saved ones'.
    """
    html: list[str] = []
    hashed: list[str] = []
    for path, data in pages.shared(rows, _stats(answers), CALLS):
        if path.endswith(".html") and path != "404.html":
            html.append(path)
        elif path.startswith("search/") and path != "search/index.json":
            hashed.append(path)
        yield path, data
    sums: dict[str, Sum] = {}
    for path, data in _answered(rows, edition, segments, answers):
        sums[path] = sum_of(data)
        yield path, data
    schemas = project_schemas()
    yield openapi(rows, edition, answers, schemas)
    yield from _around(rows, edition, html, schemas)
    yield from host_files(policy(edition.settings.site.image_hosts), hashed)
    yield from index_files(rows, edition, segments, answers, sums)


def _stats(answers: Sequence[SavedAnswer]) -> dict[str, JSONObject]:
    """Return the answers of stat queries by name, decoded."""
    return {
        answer.name: msgspec.json.decode(answer.encoded)
        for answer in answers
        if answer.kind == "stat"
    }


def _answered(
    rows: Sequence[Row], edition: Edition, segments: Segments, answers: Sequence[SavedAnswer]
) -> Iterator[File]:
    """Yield the answers of list and stat."""
    yield from lists(rows, edition.settings.site.page_size, segments)
    yield from saved_files(answers)


def _around(
    rows: Sequence[Row], edition: Edition, html: list[str], schemas: Schemas
) -> Iterator[File]:
    """Yield the schemas, and what feed readers and crawlers ask for."""
    yield from schema_files(schemas, edition.base_url)
    if edition.base_url is not None:
        yield feed(rows, edition, edition.base_url)
        updated = {f"plugins/{row.plugin_id}/index.html": row.updated_at for row in rows}
        yield from sitemap([*html, *updated], updated, edition.base_url)
    yield robots(edition.base_url)
