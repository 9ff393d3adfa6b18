"""Build the statistics page: tiles with counts, and each stat query as chart and table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.publish.endpoints import INDEX, LIST, STAT, filled
from catalogctl.publish.list_files import linked
from catalogctl.publish.site.statistics import statistics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.site_context import SharedValues, Site
    from catalogctl.publish.site.texts import Texts


def pages(site: Site, shared: SharedValues) -> Iterator[File]:
    """Yield the statistics page."""
    values = {
        "tiles": _tiles(shared, site.t, linked(LIST, len(shared.rows), site.edition.settings.site)),
        "stats": list(statistics(shared.answers, site.segments, site.t)),
        "page_title": site.titled(site.t("statistics")),
        "page_description": site.t("statistics_description"),
    }
    yield site.page("stats", "stats/", values, current="stats")


def _tiles(shared: SharedValues, t: Texts, all_plugins: str) -> list[tuple[str, str, str]]:
    """Return (text, figure, path of the file with the data) of each tile.

    `all_plugins` is the path for the number of plugins.
    """
    rows = shared.rows
    enabled = sum(row.state == "ENABLED" for row in rows)
    values = {facet.kind.field: len(facet.found) for facet in shared.facets}
    by_state = filled(STAT, {"name": "by-state"})
    figures = (
        ("tile_plugins", len(rows), all_plugins),
        ("tile_enabled", enabled, by_state),
        ("tile_disabled", len(rows) - enabled, by_state),
        ("tile_service_types", values["service_type"], filled(STAT, {"name": "by-service-type"})),
        ("tile_providers", values["provider"], filled(STAT, {"name": "by-provider"})),
        # The index has each plugin's newest version, if any, or names the shards that have it.
        ("tile_versions", sum(row.versions.latest is not None for row in rows), INDEX),
    )
    return [(t(key), t.number(figure), path) for key, figure, path in figures]
