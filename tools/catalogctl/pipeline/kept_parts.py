"""Keep what one edition of a catalog has in common with the next one.

Any thread may ask for parts of any edition. What is kept is that of the edition asked for last.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.pipeline.saved_answers import KeptRows, built_in
from catalogctl.publish.facets import SINGLE, facet_segments
from catalogctl.publish.site.related import Related
from catalogctl.publish.site.site_context import open_site, with_related

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TypeAlias

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.open_catalog import TopFiles
    from catalogctl.pipeline.saved_queries import SavedQuery
    from catalogctl.publish.build_context import BuildContext
    from catalogctl.publish.facets import Segments
    from catalogctl.publish.site.site_context import Site
    from catalogctl.query.query_documents import Documents

    Plugins: TypeAlias = Mapping[str, PluginSummary]


class _Between(NamedTuple):
    """What pages show of other plugins than their own."""

    plugins: Plugins
    segments: Segments
    related: Related


class KeptParts:
    """The templates, the values between plugins, and the documents for queries."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._site: tuple[object, Site] | None = None
        self._between: _Between | None = None
        self._rows = KeptRows()
        self._queried: tuple[Plugins, Sequence[SavedQuery], Documents] | None = None

    def forget_templates(self) -> None:
        """Read the templates and other files of the site again when they are needed next."""
        with self._lock:
            self._site = None

    def site(self, top: TopFiles, context: BuildContext, plugins: Plugins) -> Site:
        """Return the site of an edition."""
        with self._lock:
            key = (top, context.base_url, context.generator, context.extras)
            if self._site is None or self._site[0] != key:
                site = open_site(context, {}, logo=top.logo, own_site=top.own_site)
                self._site = key, site
            between = self._between = _between(plugins, self._between)
            site = replace(self._site[1], context=context, segments=between.segments)
            return with_related(site, between.related)

    def documents(
        self, plugins: Plugins, saved: Sequence[SavedQuery], repository_id: str
    ) -> Documents:
        """Return the documents of an edition's plugins, for its queries."""
        with self._lock:
            before = self._queried
            if before is not None and before[0] is plugins and before[1] is saved:
                return before[2]
            made = self._rows.documents(plugins.values(), (*built_in(), *saved), repository_id)
            self._queried = plugins, saved, made
            return made


def _between(plugins: Plugins, before: _Between | None) -> _Between:
    """Return what pages show of other plugins; it is made anew only if a plugin shows otherwise."""
    changed = _changed(before.plugins, plugins) if before is not None else None
    if before is not None and changed is not None and not any(map(_is_shown_otherwise, changed)):
        return before._replace(plugins=plugins)
    every = list(plugins.values())
    return _Between(plugins, facet_segments(every), Related(every))


def _changed(before: Plugins, after: Plugins) -> list[tuple[PluginSummary, PluginSummary]] | None:
    """Return the plugins that differ, before and after; None if they are not the same plugins."""
    if before.keys() != after.keys():
        return None
    pairs = ((before[plugin_id], now) for plugin_id, now in after.items())
    return [(old, new) for old, new in pairs if old is not new]


def _is_shown_otherwise(change: tuple[PluginSummary, PluginSummary]) -> bool:
    """Return whether a change of a plugin moves lists or changes its row on other pages."""
    before, after = change
    fields = ("name", "state", "labels", "description", "icon", "icon_path", "deprecated", *SINGLE)
    return any(getattr(before, each) != getattr(after, each) for each in fields)
