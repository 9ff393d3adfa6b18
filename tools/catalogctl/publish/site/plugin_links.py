"""Say what the known tags of a plugin are: links to its other pages, and facts about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.jsontypes import as_object, as_text
from catalogctl.publish.site import links
from catalogctl.web_addresses import web_link

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.site.texts import Texts
    from catalogctl.source.settings import SiteSettings

_TAGS = {
    "homepage": "tag_homepage",
    "documentation": "tag_documentation",
    "source": "tag_source",
    "changelog": "tag_changelog",
    "support": "tag_support",
    "license": "tag_license",
    "link": "tag_link",
}
"""Tags that are links if they are web addresses, in this order, with the keys of their texts."""
_FACTS = ("license", "support")
"""Tags whose value may also be text, such as «Apache-2.0» or an e-mail address."""
_COMPARES = re.compile(r"https://(github\.com|gitlab\.com)/[\w.-]+/[\w.-]+?(?:\.git)?/?")
"""Addresses of repositories on hosts that have a page for comparing two versions."""
_COMPARE_PAGES = {"github.com": "/compare", "gitlab.com": "/-/compare"}


class Link(NamedTuple):
    """A link to a page outside the catalog; `is_foreign` is true if a plugin file names it."""

    text: str
    url: str
    is_foreign: bool


def page_links(
    plugin: PluginSummary, info: JSONObject, settings: SiteSettings, t: Texts
) -> list[Link]:
    """Return the links of a plugin's known tags, then those to its file in the repository.

    The file of an upstream's plugin is written by the tool alone, so it is not linked.
    """
    tags = as_object(info["tags"])
    found = [
        Link(t(key), url, is_foreign=True)
        for tag, key in _TAGS.items()
        if (url := web_link(tags.get(tag))) is not None
    ]
    if plugin.repository:
        return found
    repository = web_link(settings.repository_url)
    edit = links.edit_link(plugin.file, repository, settings.edit_url)
    own = links.repository_links(plugin.file, repository, edit)
    return found + [Link(t(key), url, is_foreign=False) for key, url in own]


def known_facts(info: JSONObject, t: Texts) -> list[tuple[str, str]]:
    """Return (label, text) of each known tag that is text."""
    tags = as_object(info["tags"])
    values = ((tag, as_text(tags.get(tag))) for tag in _FACTS)
    return [(t(_TAGS[tag]), text) for tag, text in values if text and not web_link(text)]


def credentials(capability: JSON) -> list[str]:
    """Return the schemas of the credentials that a plugin takes."""
    schemas = as_object(capability).get("supported_schema")
    every = schemas if isinstance(schemas, list) else []
    return [schema for schema in every if isinstance(schema, str) and schema]


def compare_page(info: JSONObject) -> str | None:
    """Return the address for comparing two versions of the source, None if it is not known."""
    source = as_text(as_object(info["tags"]).get("source"))
    found = _COMPARES.fullmatch(source)
    if found is None or web_link(source) is None:
        return None
    return source.removesuffix("/").removesuffix(".git") + _COMPARE_PAGES[found[1]]


def initials(name: str) -> str:
    """Return up to two letters that stand for a maintainer, «EK» for «@example-kim»."""
    return "".join(word[0] for word in re.findall(r"[^\W_]+", name)[:2]).upper()
