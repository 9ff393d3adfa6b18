"""Provide what every page needs: settings, texts, templates and the frame around it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from catalogctl.publish.headers import content_policy
from catalogctl.publish.site.assets import assets
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.list_rows import ListRows
from catalogctl.publish.site.overrides import NOTHING
from catalogctl.publish.site.page_templates import Templates
from catalogctl.publish.site.related import PLUGIN_ROOT, Neighbours, Related, RelatedRows
from catalogctl.publish.site.texts import Texts
from catalogctl.publish.site.words import Words
from catalogctl.web_addresses import image_hosts, web_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File
    from catalogctl.publish.facets import Segments
    from catalogctl.publish.news import News
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.publish.site.assets import Assets
    from catalogctl.publish.site.facet_values import Facet
    from catalogctl.publish.site.markdown_html import OwnPage
    from catalogctl.publish.site.overrides import OwnSite


@dataclass(frozen=True, slots=True)
class Site:
    """The site of one build.

    `segments` maps each (field, value) to its path segment. `neighbours` returns what a plugin's
    page shows of other plugins.
    """

    context: BuildContext
    segments: Segments
    t: Texts
    assets: Assets
    templates: Templates
    own_pages: Sequence[OwnPage] = ()
    image_hosts: tuple[str, ...] = ()
    neighbours: Callable[[PluginSummary], Neighbours] = lambda _: Neighbours()

    def page(
        self,
        template: str,
        folder: str,
        values: Mapping[str, Any],
        *,
        current: str,
        is_home: bool = False,
    ) -> File:
        """Return the page of a folder; `current` is the header entry to highlight."""
        root = path_to_root(folder)
        frame = self.templates.frame(root, current, is_home=is_home)
        given = {"scripts": (), "sheets": (), "glyphs": "", **values}
        given.update(root=root, page_path=folder, frame=frame)
        return f"{folder}index.html", self.templates.page(template, given)

    def titled(self, heading: str) -> str:
        """Return the title of a page with this heading."""
        return f"{heading} | {self.context.settings.site.title}"


def path_to_root(folder: str) -> str:
    """Return the relative path from a folder's page to the site's root."""
    return "../" * folder.count("/")


class SharedValues(NamedTuple):
    """The values for the pages shared by all plugins; `rows` are in base order."""

    rows: Sequence[PluginSummary]
    facets: tuple[Facet, ...]
    answers: Iterable[SavedAnswer]
    news: News
    list_rows: ListRows


def open_site(
    context: BuildContext,
    segments: Segments,
    *,
    logo: bytes | None = None,
    related: Related | None = None,
    own_site: OwnSite = NOTHING,
) -> Site:
    """Return the site of a build, with its templates compiled and its assets named.

    `logo` is the content of the image named in the settings. Raise TemplateFailedError if one of
    the catalog's own templates is broken.
    """
    settings = context.settings.site
    t = Texts(own_site.texts, words=Words(settings.words))
    named = assets(settings, logo, t)
    hosts = image_hosts(settings.image_hosts)
    own_pages = _own_pages(own_site, hosts)
    values = _template_values(context, named, own_pages)
    templates = Templates(values, own_site.templates, t)
    templates.compile_plugin_page()
    site = Site(context, segments, t, named, templates, own_pages, hosts)
    return with_related(site, related or Related())


def with_related(site: Site, related: Related) -> Site:
    """Return a site whose plugins' pages lead to these plugins."""
    rows = ListRows(site.templates, site.image_hosts, site.t, b"")
    of_plugins = RelatedRows(related, lambda plugin: rows.row(plugin, PLUGIN_ROOT))
    return replace(site, neighbours=of_plugins.neighbours)


def _template_values(
    context: BuildContext, named: Assets, own_pages: Sequence[OwnPage]
) -> dict[str, Any]:
    """Return the values available in every template."""
    site = context.settings.site
    return {
        "assets": named.names,
        "mark_type": named.mark_type,
        "nothing": SafeHtml("&#8211;"),
        # Built from constants and hosts that are plain names; its quotes must not be escaped.
        "policy": SafeHtml(content_policy(site.image_hosts)),
        "language": site.language,
        "generator": context.generator,
        "site_title": site.title,
        "footer": site.footer,
        "links": [(text, url) for text, url in site.links if web_link(url)],
        "base_url": context.base_url,
        "base_or_variable": context.base_url or "$CATALOG_URL/",
        "repository_url": web_link(site.repository_url),
        "badges": context.extras.badges,
        "plugin_feeds": context.extras.feeds,
        "own_pages": [(page.name, page.title) for page in own_pages],
    }


def _own_pages(own_site: OwnSite, hosts: tuple[str, ...]) -> Sequence[OwnPage]:
    """Return a catalog's own pages; import Markdown only if there are any."""
    if not own_site.pages:
        return ()
    from catalogctl.publish.site.markdown_html import markdown_pages

    return markdown_pages(own_site, hosts)
