"""Build a catalog's own Markdown pages, and «Add a plugin» beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.publish.site import add_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.site_context import SharedValues, Site


def pages(site: Site, shared: SharedValues) -> Iterator[File]:
    """Yield «Add a plugin», then each of the catalog's own pages."""
    yield from add_page.pages(site, shared)
    for page in site.own_pages:
        values = {
            "heading": page.title,
            "text": page.html,
            "page_title": site.titled(page.title),
            "page_description": page.description or page.title,
        }
        yield site.page("own", f"pages/{page.name}/", values, current=f"pages/{page.name}")
