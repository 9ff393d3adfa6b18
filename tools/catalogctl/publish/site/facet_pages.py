"""Build a page for each field that plugins are listed by, and the lists of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.publish.endpoints import LIST_BY, STAT, filled
from catalogctl.publish.list_files import linked
from catalogctl.publish.site.avatars import glyph, symbols
from catalogctl.publish.site.list_pages import ListHead, list_pages
from catalogctl.query.plugin_search import short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.publish.build_context import File, LazyFile
    from catalogctl.publish.site.facet_values import Facet, Value
    from catalogctl.publish.site.site_context import SharedValues, Site


def pages(site: Site, shared: SharedValues) -> Iterator[File | LazyFile]:
    """Yield each field's page, followed by the lists of its values."""
    for facet in shared.facets:
        yield _facet_page(site, facet)
        for value in facet.found:
            yield from list_pages(
                site, value.rows, _list_head(site, facet, value), shared.list_rows
            )


def _facet_page(site: Site, facet: Facet) -> File:
    kind, heading = facet.kind, facet.heading
    lead = site.t.counted(kind.counted, len(facet.found))
    glyphs = symbols(value.value for value in facet.found) if _has_glyphs(facet) else ""
    values = {
        "heading": heading,
        "lead": lead,
        "values": [
            (value, glyph(value.value) if _has_glyphs(facet) else "") for value in facet.found
        ],
        "glyphs": glyphs,
        "as_json": filled(STAT, {"name": kind.stat}),
        "page_title": site.titled(heading),
        "page_description": site.t("facet_description", heading=heading, lead=lead),
    }
    return site.page("facet", f"{kind.folder}/", values, current="plugins")


def _has_glyphs(facet: Facet) -> bool:
    return facet.kind.field == "service_type"


def _list_head(site: Site, facet: Facet, value: Value) -> ListHead:
    kind = facet.kind
    path = filled(LIST_BY, {"field": kind.field, "value": value.segment})
    folder = f"{kind.folder}/{value.segment}/"
    others = (each for each in facet.found if each.text == value.text and each is not value)
    return ListHead(
        folder=folder,
        heading=value.text,
        lead=site.t.counted("count_plugins", len(value.rows)),
        as_json=linked(path, len(value.rows), site.context.settings.site),
        page_title=site.titled(f"{short(value.text, 100)} | {facet.heading}"),
        crumbs=((facet.heading, f"{kind.folder}/"),),
        value=value.value if value.value != value.text else "",
        same=tuple((each.value, f"{kind.folder}/{each.segment}/") for each in others),
    )
