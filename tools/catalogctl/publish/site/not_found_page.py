"""Build `404.html`, served at any depth; it finds the root through base_url or a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.publish.site.avatars import symbols

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.site_context import SharedValues, Site


def pages(site: Site, shared: SharedValues) -> Iterator[File]:
    """Yield the page for missing addresses."""
    base_url = site.context.base_url
    root = "/" + base_url.split("/", 3)[3] if base_url else ""
    kinds = next(each for each in shared.facets if each.kind.field == "service_type")
    values = {
        "kinds": kinds.choices,
        "glyphs": symbols(value.value for value in kinds.found),
        "page_title": site.titled(site.t("page_not_found")),
        "page_description": site.t("may_be_gone"),
        "page_path": None,
        "sheets": (),
        "scripts": ("search-engine", "search-rows", "near") if root else (),
        "root": root,
        "frame": site.templates.frame(root, "", known=bool(root)),
    }
    yield "404.html", site.templates.page("notfound", values)
