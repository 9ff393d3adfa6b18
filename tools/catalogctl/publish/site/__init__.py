r"""Plugins and rows in, the pages of the website out, each as (path, bytes).

Pages hold relative links only, every value goes through jinja2's escaping, and what is the same
on all pages is worked out once. A card is rendered once for each plugin, with "\0" for the way to
the root, and used again on every list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from catalogctl import resources
from catalogctl.publish.site import assets, links, plugin_page, shared, snippets, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.changes import Tombstone
    from catalogctl.publish.site.shared import Facet
    from catalogctl.publish.values import Edition, File, Row

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; require-trusted-types-for 'script'; trusted-types catalog"
)
_NAMES = (
    "base",
    "card",
    "list",
    "facets",
    "facet",
    "plugin",
    "stats",
    "api",
    "notfound",
    "removed",
)


def policy(image_hosts: tuple[str, ...]) -> str:
    """Return the Content-Security-Policy of every page; pictures may come from the hosts too."""
    hosts = links.image_hosts(image_hosts)
    return POLICY.format(images=" ".join(("'self'", *(f"https://{host}" for host in hosts))))


class SitePages:
    """The pages of one build: templates compiled once, assets named once.

    `segments` gives the path segment of each (field, value) that has a facet page; `logo` holds
    the bytes of the picture that the settings name.
    """

    def __init__(
        self,
        edition: Edition,
        segments: Mapping[tuple[str, str], str],
        *,
        logo: bytes | None = None,
    ) -> None:
        self._edition = edition
        self._segments = segments
        self._assets = assets.assets(edition.settings.site, logo)
        self._hosts = links.image_hosts(edition.settings.site.image_hosts)
        environment = Environment(
            loader=FileSystemLoader(resources.folder("site") / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.globals = self._frame()
        self._templates = {name: environment.get_template(f"{name}.html") for name in _NAMES}

    def _frame(self) -> dict[str, Any]:
        """Return what every page shows alike."""
        site, edition = self._edition.settings.site, self._edition
        return {
            **self._assets.names,
            "mark_type": self._assets.mark_type,
            # Made of constants and of hosts that are plain names: quotes must stay as they are.
            "policy": Markup(policy(site.image_hosts)),  # noqa: S704
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
            "commit_day": words.day(edition.commit_time),
            "badges": site.badges,
        }

    def card(self, plugin: Plugin) -> str:
        r"""Return the plugin's card, with "\0" where the way to the root goes."""
        return self._templates["card"].render(plugin_page.card_values(plugin, self._hosts))

    def plugin(self, plugin: Plugin) -> File:
        """Return the plugin's own page."""
        values = plugin_page.page_values(plugin, self._edition, self._segments, self._hosts)
        return self._page("plugin", f"plugins/{plugin.plugin_id}/", values, current="plugins")

    def shared(
        self,
        rows: Sequence[Row],
        stats: Mapping[str, JSONObject],
        endpoints: Mapping[str, str],
    ) -> Iterator[File]:
        """Yield every page that is not one plugin's, and the assets.

        `rows` are in base order, `stats` the answers by name, `endpoints` the URL templates by
        call, as `index.json` has them.
        """
        yield from self._assets.files
        facets = shared.facets(rows, self._segments)
        yield from self._home(rows, facets)
        for facet in facets:
            yield from self._facet(facet)
        yield self._stats(rows, facets, stats)
        yield self._api(rows, endpoints)
        yield self._not_found()

    def _home(self, rows: Sequence[Row], facets: tuple[Facet, ...]) -> Iterator[File]:
        site = self._edition.settings.site
        values = {
            "heading": site.title,
            "lead": site.description
            or f"{words.counted(len(rows), 'plugin')}, reviewed in git, published as plain JSON.",
            "crumbs": [],
            "page_title": site.title,
            "facets": self._templates["facets"].render(root="\0", facets=facets),
        }
        yield from self._list("", rows, values)

    def _facet(self, facet: Facet) -> Iterator[File]:
        """Yield the page of a field, then the lists of its values."""
        kind, title = facet.kind, self._edition.settings.site.title
        heading = f"Plugins by {kind.title.lower()}"
        lead = words.counted(len(facet.found), kind.title.lower(), kind.plural)
        yield self._page(
            "facet",
            f"{kind.folder}/",
            {
                "heading": heading,
                "lead": lead,
                "values": facet.found,
                "page_title": f"{heading} · {title}",
                "page_description": f"{heading}: {lead}.",
            },
            current="plugins",
        )
        for value in facet.found:
            values = {
                "heading": value.text,
                "lead": f"{kind.title}: {words.counted(len(value.rows), 'plugin')}",
                "crumbs": [(heading, f"{kind.folder}/")],
                "page_title": f"{value.text} · {heading} · {title}",
                "facets": "",
            }
            yield from self._list(f"{kind.folder}/{value.segment}/", value.rows, values)

    def _list(self, folder: str, rows: Sequence[Row], values: dict[str, Any]) -> Iterator[File]:
        """Yield the pages of a list of cards; the first one is the folder's own page."""
        size = self._edition.settings.site.cards_per_page
        pages = max(1, -(-len(rows) // size))
        for number in range(1, pages + 1):
            path = shared.list_path(folder, number)
            root = "../" * path.count("/")
            cards = "\n".join(row.card for row in rows[(number - 1) * size : number * size])
            nth = f", page {number}" if number > 1 else ""
            shown = {
                **values,
                "page_title": values["page_title"] + nth,
                "page_description": words.short(f"{values['heading']}: {values['lead']}") + nth,
                "total": words.counted(len(rows), "plugin"),
                "number": number,
                "pages": pages,
                "pager": shared.pager(number, pages, folder),
                # Both come out of templates of ours, where each value was escaped.
                "cards": Markup(cards.replace("\0", root)),  # noqa: S704
                "facets": Markup(values["facets"].replace("\0", root)),  # noqa: S704
            }
            yield self._page("list", path, shown, current="plugins")

    def _stats(
        self, rows: Sequence[Row], facets: tuple[Facet, ...], answers: Mapping[str, JSONObject]
    ) -> File:
        values = {
            "tiles": shared.tiles(rows, facets),
            "stats": list(shared.stats(answers, self._segments)),
            "page_title": f"Statistics · {self._edition.settings.site.title}",
            "page_description": "How many plugins there are, by type, provider, label and state.",
        }
        return self._page("stats", "stats/", values, current="stats")

    def _api(self, rows: Sequence[Row], templates: Mapping[str, str]) -> File:
        examples = shared.endpoints(templates, rows)
        ways = [example for _, _, example in examples if example]
        values = {
            "endpoints": examples,
            "curl": "\n".join(snippets.curl(way, self._edition.base_url) for way in ways),
            "page_title": f"API · {self._edition.settings.site.title}",
            "page_description": "The calls of the plugin API, each a JSON file at a fixed address.",
        }
        return self._page("api", "api/", values, current="api")

    def removed(self, tombstones: Sequence[Tombstone]) -> File:
        """Return the page of the plugins that are gone."""
        values = {
            "tombstones": [(each, words.day(each.time)) for each in tombstones],
            "page_title": f"Removed plugins · {self._edition.settings.site.title}",
            "page_description": "Plugins that were here once: when they went, and why.",
        }
        return self._page("removed", "removed/", values, current="stats")

    def _not_found(self) -> File:
        """Return `404.html`; served at any depth: base_url or a script says where the root is."""
        base_url = self._edition.base_url
        way = "/" + base_url.split("/", 3)[3] if base_url else ""
        values = {
            "page_title": f"Page not found · {self._edition.settings.site.title}",
            "page_description": "There is nothing at this address.",
            "page_path": None,
            "root": way,
            "current": "",
        }
        return "404.html", self._templates["notfound"].render(values).encode()

    def _page(self, template: str, folder: str, values: dict[str, Any], *, current: str) -> File:
        """Return the page of a folder, with what the frame needs to know of it."""
        values["root"] = "../" * folder.count("/")
        values["page_path"] = folder
        values["current"] = current
        return f"{folder}index.html", self._templates[template].render(values).encode()
