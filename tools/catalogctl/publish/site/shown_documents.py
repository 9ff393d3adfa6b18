"""Render what people wrote about a plugin beside its file.

Interface of docs and icons: what templates get of them. Paths are relative to the site's root.

- `icon`, on a plugin's page and wherever `common_values` are used: the path of its icon, or None.
  `PluginSummary.icon_path` is the same, "" for none. It is shown as `<img src="{{ root }}{{ icon
  }}" alt="" …>`; an icon has no size of its own.
- `about`, on a plugin's page: the HTML of README.md, or None. Its headings begin at h3, their ids
  with `about-`.
- `notes`: the HTML of the release notes by version tag, as `plugin.versions` have it; without the
  versions that have none. Headings begin at h4.

Tables are in `<div class="scroll">`; cells that are aligned have the class `to-center` or `to-end`.
`release_notes` returns the notes as the text for feeds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.model.plugin import Plugin
    from catalogctl.publish.build_context import File
    from catalogctl.publish.site.escaping import SafeHtml
    from catalogctl.publish.site.site_context import Site


class ShownDocuments(NamedTuple):
    """The documents of a plugin on its page; the names are those of the template's values."""

    about: SafeHtml | None = None
    notes: Mapping[str, SafeHtml] = {}


def shown_documents(site: Site, plugin: Plugin) -> ShownDocuments:
    """Return the documents of a plugin for its page; import Markdown only if there are any."""
    documents = plugin.documents
    if not (documents.readme or documents.changelog):
        return ShownDocuments()
    from catalogctl.publish.site.document_renderer import DocumentRenderer

    renderer = DocumentRenderer(site, plugin)
    about = renderer.about() if documents.readme else None
    return ShownDocuments(about, renderer.notes() if documents.changelog else {})


def release_notes(plugin: Plugin) -> dict[str, str]:
    """Return the release notes by version tag as plain text, the Markdown that was written."""
    if not plugin.documents.changelog:
        return {}
    from catalogctl.source.markdown_parser import version_texts, without_v

    texts = version_texts(plugin.documents.changelog)
    tags = (version.tag for version in plugin.versions)
    return {tag: texts[key] for tag in tags if texts.get(key := without_v(tag))}


def pictures(plugin: Plugin) -> Iterator[File]:
    """Yield the icon of a plugin and the pictures that its documents show, each content once."""
    documents = plugin.documents
    every = [*documents.pictures.values(), *([documents.icon] if documents.icon else ())]
    yield from sorted({each.path: each.data for each in every}.items())
