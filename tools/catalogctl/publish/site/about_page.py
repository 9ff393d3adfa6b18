"""Build the page «About this build», the only one that names the commit and its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.web_addresses import web_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.site_context import SharedValues, Site


def pages(site: Site, shared: SharedValues) -> Iterator[File]:
    """Yield the page."""
    context, t = site.context, site.t
    repository_url = web_link(context.settings.site.repository_url)
    values = {
        "commit": context.commit,
        "commit_url": f"{repository_url}/commit/{context.commit}" if repository_url else "",
        "now": context.now,
        "pin": f"sha256:{context.root_sha256}" if context.root_sha256 else None,
        "upstreams": [(each.title, f"upstream/{each.name}/") for each in context.upstreams],
        "plugins": t.number(len(shared.rows)),
        "page_title": site.titled(t("about_build")),
        "page_description": t("about_description"),
    }
    yield site.page("about", "about/", values, current="")
