"""Render the documents of a plugin as HTML for its page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from catalogctl.publish.site import links
from catalogctl.publish.site.markdown_html import foreign_picture, render, without_title
from catalogctl.publish.site.related import PLUGIN_ROOT
from catalogctl.source.markdown_parser import (
    heading_names,
    parse_markdown,
    version_sections,
    without_v,
)
from catalogctl.web_addresses import path_from, web_link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from catalogctl.model.plugin import Plugin
    from catalogctl.model.plugin_documents import Picture
    from catalogctl.publish.site.escaping import SafeHtml
    from catalogctl.publish.site.markdown_html import Attributes
    from catalogctl.publish.site.site_context import Site

_PREFIX = "about-"
_ABOUT_TOP, _NOTES_TOP = 3, 4


class DocumentRenderer:
    """Renders the documents of one plugin."""

    def __init__(self, site: Site, plugin: Plugin) -> None:
        self._plugin = plugin
        self._hosts = site.image_hosts
        self._repository = web_link(site.context.settings.site.repository_url)
        catalog = plugin.summary.file.rpartition("/")[0].rpartition("/")[0]
        self._folder = f"{catalog}/docs/{plugin.summary.plugin_id}".lstrip("/")
        self._ids: frozenset[str] = frozenset()

    def about(self) -> SafeHtml:
        """Return README.md without its title, which the page shows already."""
        tokens = without_title(parse_markdown(self._plugin.documents.readme).tokens)
        named = [(token, _PREFIX + name) for token, name in heading_names(tokens)]
        for token, name in named:
            token.attrs = {"id": name}
        self._ids = frozenset(name for _, name in named)
        return render(tokens, self._link, self._picture, top=_ABOUT_TOP)

    def notes(self) -> dict[str, SafeHtml]:
        """Return the release notes of each version tag that has some."""
        self._ids = frozenset()
        sections: dict[str, Sequence[Token]] = {}
        for version, tokens in version_sections(parse_markdown(self._plugin.documents.changelog)):
            sections.setdefault(version, tokens)
        found = {}
        for tag in (version.tag for version in self._plugin.versions):
            section = sections.pop(without_v(tag), ())
            if section:
                found[tag] = render(section, self._link, self._picture, top=_NOTES_TOP)
        return found

    def _link(self, address: str) -> Attributes | None:
        """Return the attributes of a link: on the web, in the repository, or on the page."""
        if web_link(address):
            return {"href": address, "rel": links.FOREIGN}
        if address.startswith("#"):
            name = _PREFIX + unquote(address[1:])
            return {"href": f"#{quote(name)}"} if name in self._ids else None
        path = path_from(self._folder, address)
        if path is None or self._repository is None:
            return None
        fragment = address.partition("#")[2]
        below = f"{quote(path)}#{quote(unquote(fragment))}" if fragment else quote(path)
        return {"href": f"{self._repository}/blob/HEAD/{below}", "rel": links.FOREIGN}

    def _picture(self, source: str) -> Attributes | None:
        """Return the attributes of a picture: of the same folder, or on a listed host."""
        picture = self._plugin.documents.pictures.get(path_from("", source) or "")
        return foreign_picture(source, self._hosts) if picture is None else _attributes(picture)


def _attributes(picture: Picture) -> Attributes:
    return {
        "src": f"{PLUGIN_ROOT}{picture.path}",
        "width": picture.width,
        "height": picture.height,
        "loading": "lazy",
        "decoding": "async",
    }
