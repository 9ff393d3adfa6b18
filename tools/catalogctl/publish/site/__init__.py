r"""Make the pages of the website, each as (path, bytes).

Pages hold relative links only, every value goes through jinja2's escaping, and what is the same
on all pages is worked out once. A card is rendered once for each plugin, with "\0" for the way to
the root, and used again on every list.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from catalogctl.publish.build_context import RenderedPlugin
from catalogctl.publish.endpoints import LIST, LIST_BY, STAT, filled
from catalogctl.publish.site import (
    api_page,
    assets,
    card_lists,
    links,
    options_form,
    plugin_page,
    search_index,
    shared,
    snippets,
    statistics,
    texts,
)
from catalogctl.publish.site.escaping import SafeHtml
from catalogctl.publish.site.json_cache import KEPT, cached_by_json
from catalogctl.publish.site.page_templates import Templates
from catalogctl.publish.site.related import SHOWN, Related
from catalogctl.source.own_site import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.build_context import BuildContext, File, PluginSummary
    from catalogctl.publish.changes import Tombstone
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.publish.site.own_pages import OwnPage
    from catalogctl.publish.site.shared import Facet
    from catalogctl.publish.site.statistics import Stat
    from catalogctl.source.own_site import OwnSite

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; require-trusted-types-for 'script'; trusted-types catalog"
)

_FORM = ("references", "formats", "check", "form")
"""The scripts that draw and check the form of a plugin's options."""

_OF_EVERY_PROCESS = ("plugin", "options", "related", "card", "base", "head", "top", "foot")
"""The templates that plugins' pages are made with."""

_OTHERS = "\5"
"""What stands for the links in a panel of related plugins, until they are put in."""


def policy(image_hosts: tuple[str, ...]) -> str:
    """Return the Content-Security-Policy of every page; pictures may come from the hosts too."""
    hosts = links.image_hosts(image_hosts)
    return POLICY.format(images=" ".join(("'self'", *(f"https://{host}" for host in hosts))))


class SitePages:
    """The pages of one build: templates compiled once, assets named once.

    `segments` gives the path segment of each (field, value) that has a facet page; `logo` holds
    the bytes of the picture that the settings name; `related` knows which plugins are alike;
    `own` are the catalog's own templates, pages and texts.
    """

    def __init__(
        self,
        edition: BuildContext,
        segments: Mapping[tuple[str, str], str],
        *,
        logo: bytes | None = None,
        related: Related | None = None,
        own_site: OwnSite | None = None,
    ) -> None:
        self._edition = edition
        self._segments = segments
        self._own = own_site or NOTHING
        self._say = texts.Texts(self._own.texts)
        self._assets = assets.assets(edition.settings.site, logo, self._say)
        self._hosts = links.image_hosts(edition.settings.site.image_hosts)
        self._own_pages = _own_pages(self._own, self._hosts)
        self._known = plugin_page.Known(segments, self._hosts, related or Related())
        self._templates = Templates(self._shared_values(), self._own.templates, self._say)
        self._templates.compile(*_OF_EVERY_PROCESS)
        self._title = edition.settings.site.title
        self._panels = cached_by_json(self._rendered_panels)
        self._panel = lru_cache(maxsize=KEPT)(self._rendered_panel)

    def _shared_values(self) -> dict[str, Any]:
        """Return what every template sees."""
        site, edition = self._edition.settings.site, self._edition
        return {
            "assets": self._assets.names,
            "mark_type": self._assets.mark_type,
            "nothing": SafeHtml("&#8211;"),
            # Made of constants and of hosts that are plain names: quotes must stay as they are.
            "policy": SafeHtml(policy(site.image_hosts)),
            "language": site.language,
            "generator": edition.generator,
            "site_title": site.title,
            "footer": site.footer,
            "links": [(text, url) for text, url in site.links if links.web_link(url)],
            "base_url": edition.base_url,
            "base_or_variable": edition.base_url or "$CATALOG_URL/",
            "repository_url": links.web_link(site.repository_url),
            "commit": edition.commit,
            "commit_time": edition.commit_time,
            "commit_day": self._say.day(edition.commit_time),
            "badges": site.badges,
            "own_pages": [(page.name, page.title) for page in self._own_pages],
        }

    def plugin(self, plugin: Plugin) -> RenderedPlugin:
        """Return the page and the card of a plugin."""
        common = plugin_page.common_values(plugin, self._known.hosts, self._say)
        card = self._templates.render("card", plugin_page.card_values(plugin, common))
        values = self._page_values(plugin, common)
        page = self._page("plugin", f"plugins/{plugin.plugin_id}/", values, current="plugins")
        return RenderedPlugin(page, card, values["picture"])

    def _page_values(self, plugin: Plugin, common: Mapping[str, Any]) -> dict[str, Any]:
        values = plugin_page.page_values(plugin, common, self._edition, self._known, self._say)
        values["options"] = self._options(plugin)
        values["scripts"] = _FORM if values["options"] else ()
        values["related"] = self._related(plugin)
        return values

    def _options(self, plugin: Plugin) -> SafeHtml:
        """Return the panels of a plugin's options, "" without one; many plugins have the same."""
        template = plugin.info.get("template")
        if not template:
            return SafeHtml("")
        return self._panels(snippets.encode(template))

    def _rendered_panels(self, template: bytes) -> SafeHtml:
        shown = options_form.templates(msgspec.json.decode(template), self._say)
        return SafeHtml(self._templates.render("options", {"templates": shown}).rstrip("\n"))

    def _related(self, plugin: Plugin) -> SafeHtml:
        """Return the panels that lead to other plugins of the same provider and type."""
        info, panels = plugin.info, []
        for field, folder in (("provider", "providers"), ("service_type", "service-types")):
            value = info.get(field)
            if isinstance(value, str) and value:
                others, count = self._known.related.others(field, value, plugin.plugin_id)
                if others:
                    # The value's page counts the plugin itself, too, if it is one of those.
                    whole = count + (info["state"] == "ENABLED") if count > SHOWN else 0
                    panel = self._panel(f"{folder}/{self._segments[field, value]}/", value, whole)
                    panels.append(panel.replace(_OTHERS, others))
        return SafeHtml("\n".join(panels))

    def _rendered_panel(self, page: str, value: str, whole: int) -> str:
        """Return a panel with a mark for the links: the rest is the same for many plugins."""
        number = self._say.number(whole) if whole else ""
        values = {"value": value, "page": page, "number": number, "others": SafeHtml(_OTHERS)}
        return self._templates.render("related", values).rstrip("\n")

    def shared(self, rows: Rows, answers: Sequence[SavedAnswer]) -> Iterator[File]:
        """Yield every page that is not one plugin's, the search index and the assets.

        `answers` are those of the built-in and saved queries.
        """
        yield from self._assets.files
        say = self._say.showing(shared.registry_types(rows, self._say))
        every, facets = rows.ordered, shared.facets(rows, say)
        yield from self._home(every, facets)
        for facet in facets:
            yield from self._facet(facet)
        stats = list(statistics.statistics(answers, self._segments, say))
        yield self._stats(shared.tiles(every, facets, say), stats)
        yield from self._api(every, facets, answers)
        yield from self._written()
        yield self._not_found(facets)
        yield from search_index.files(every)

    def _home(self, rows: Sequence[PluginSummary], facets: tuple[Facet, ...]) -> Iterator[File]:
        site = self._edition.settings.site
        found = self._templates.render("facets", {"root": "\0", "facets": facets})
        values = {
            "heading": site.title,
            "lead": site.description
            or self._say("home_lead", plugins=self._say.counted("count_plugins", len(rows))),
            "crumbs": [],
            "as_json": LIST,
            "page_title": site.title,
            "facets": found,
            "scripts": ("search-engine", "search"),
        }
        yield from self._list("", rows, values)

    def _facet(self, facet: Facet) -> Iterator[File]:
        """Yield the page of a field, then the lists of its values."""
        kind, heading, say = facet.kind, facet.heading, self._say
        lead = say.counted(kind.counted, len(facet.found))
        values = {
            "heading": heading,
            "lead": lead,
            "values": facet.found,
            "as_json": filled(STAT, {"name": kind.stat}),
            "page_title": f"{heading} | {self._title}",
            "page_description": say("facet_description", heading=heading, lead=lead),
        }
        yield self._page("facet", f"{kind.folder}/", values, current="plugins")
        for value in facet.found:
            values = {
                "heading": value.text,
                "lead": say(
                    "list_lead",
                    field=facet.title,
                    plugins=say.counted("count_plugins", len(value.rows)),
                ),
                "crumbs": [(heading, f"{kind.folder}/")],
                "as_json": filled(LIST_BY, {"field": kind.field, "value": value.segment}),
                "page_title": f"{texts.short(value.text, 100)} | {heading} | {self._title}",
                "facets": "",
            }
            yield from self._list(f"{kind.folder}/{value.segment}/", value.rows, values)

    def _list(
        self, folder: str, rows: Sequence[PluginSummary], values: dict[str, Any]
    ) -> Iterator[File]:
        """Yield the pages of a list of cards; the first one is the folder's own page."""
        size = self._edition.settings.site.cards_per_page
        for path, shown in card_lists.pages(folder, rows, size, values, self._say):
            yield self._page("list", path, shown, current="plugins", is_home=not folder)

    def _stats(self, tiles: list[tuple[str, str, str]], stats: list[Stat]) -> File:
        values = {
            "tiles": tiles,
            "stats": stats,
            "page_title": self._titled("statistics"),
            "page_description": self._say("statistics_description"),
        }
        return self._page("stats", "stats/", values, current="stats")

    def _api(
        self,
        rows: Sequence[PluginSummary],
        facets: tuple[Facet, ...],
        answers: Sequence[SavedAnswer],
    ) -> Iterator[File]:
        values: dict[str, Any] = {
            "scripts": ("try-it",),
            "calls": api_page.calls(rows, facets, answers, self._edition),
            "page_title": self._titled("api"),
            "page_description": self._say("api_description"),
        }
        yield self._page("api", "api/", values, current="api")
        values = {
            "scripts": ("complete", "query-snippets", "console"),
            "console": api_page.console_values(answers, rows, self._edition, self._say),
            "all_plugins": LIST,
            "size": self._say.size(api_page.list_size(rows)),
            "page_title": self._titled("console"),
            "page_description": self._say("console_description"),
        }
        yield self._page("console", "api/console/", values, current="console")

    def _written(self) -> Iterator[File]:
        """Yield the pages that the catalog brings along as Markdown."""
        for page in self._own_pages:
            values = {
                "heading": page.title,
                "text": page.html,
                "page_title": f"{page.title} | {self._title}",
                "page_description": page.description or page.title,
            }
            yield self._page("own", f"pages/{page.name}/", values, current=f"pages/{page.name}")

    def removed(self, tombstones: Sequence[Tombstone]) -> Iterator[File]:
        """Yield the page of the plugins that are gone, and one at the old address of each."""
        shown = [(each, self._say.day(each.time)) for each in tombstones]
        values: dict[str, Any] = {
            "tombstones": shown,
            "page_title": self._titled("removed_plugins"),
            "page_description": self._say("removed_description"),
        }
        yield self._page("removed", "removed/", values, current="stats")
        for each, day in shown:
            values = {
                "gone": each,
                "day": day,
                "page_title": self._titled("title_deregistered", plugin_id=each.plugin_id),
                "page_description": self._say("no_longer_here", plugin_id=each.plugin_id),
            }
            yield self._page("tombstone", f"plugins/{each.plugin_id}/", values, current="plugins")

    def _titled(self, key: str, **values: str) -> str:
        """Return a text as the title of a page of this site."""
        return f"{self._say(key, **values)} | {self._title}"

    def _not_found(self, facets: tuple[Facet, ...]) -> File:
        """Return `404.html`; served at any depth: base_url or a script says where the root is."""
        base_url = self._edition.base_url
        way = "/" + base_url.split("/", 3)[3] if base_url else ""
        values = {
            "facets": facets,
            "page_title": self._titled("page_not_found"),
            "page_description": self._say("nothing_here"),
            "page_path": None,
            "scripts": ("search-engine", "near") if way else (),
            "root": way,
            "frame": self._templates.frame(way, "", known=bool(way)),
        }
        return "404.html", self._templates.page("notfound", values)

    def _page(
        self,
        template: str,
        folder: str,
        values: dict[str, Any],
        *,
        current: str,
        is_home: bool = False,
    ) -> File:
        """Return the page of a folder, with what the frame needs to know of it."""
        root = "../" * folder.count("/")
        values["root"] = root
        values["page_path"] = folder
        values.setdefault("scripts", ())
        values["frame"] = self._templates.frame(root, current, is_home=is_home)
        return f"{folder}index.html", self._templates.page(template, values)


def _own_pages(own_site: OwnSite, hosts: tuple[str, ...]) -> list[OwnPage]:
    """Return the pages that a catalog brings along; most bring none, and need no Markdown."""
    if not own_site.pages:
        return []
    from catalogctl.publish.site import own_pages

    return own_pages.pages(own_site, hosts)
