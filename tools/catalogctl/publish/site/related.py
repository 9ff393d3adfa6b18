"""Link to other plugins of the same provider and service type."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalogctl.model.plugin_summary import PluginSummary

SHOWN = 4
PLUGIN_ROOT = "../../"
"""The relative path to the root from each plugin's page."""


class Neighbours(NamedTuple):
    """Plugins that have a field's value in common with another one.

    `links` is HTML; `has_more` is true if they are not all of them. There is no count, which would
    change the pages of all these plugins with every new one.
    """

    field: str
    value: str
    links: str
    has_more: bool


class Related:
    """The enabled plugins that share a provider or a service type.

    Each link is rendered once, when it is first needed: it appears on about eight pages.
    """

    def __init__(self, plugins: Iterable[PluginSummary] = ()) -> None:
        groups: defaultdict[tuple[str, str], list[PluginSummary]] = defaultdict(list)
        for plugin in plugins:
            if plugin.state != "ENABLED":
                continue
            groups["service_type", plugin.service_type].append(plugin)
            if plugin.provider:
                groups["provider", plugin.provider].append(plugin)
        self._groups: dict[tuple[str, str], list[PluginSummary]] = {}
        self._links: dict[str, str] = {}
        self._places: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for key, found in groups.items():
            found.sort(key=lambda plugin: (plugin.name, plugin.plugin_id))
            self._groups[key] = found
            for place, plugin in enumerate(found):
                self._places[plugin.plugin_id][key[0]] = place

    def neighbours(self, plugin: PluginSummary) -> tuple[Neighbours, ...]:
        """Return all that a plugin's page takes from other plugins, as plain values."""
        values = (("provider", plugin.provider), ("service_type", plugin.service_type))
        every = (self._neighbours(field, value, plugin) for field, value in values if value)
        return tuple(found for found in every if found.links)

    def _neighbours(self, field: str, value: str, plugin: PluginSummary) -> Neighbours:
        """Return the next plugins by name, wrapping around, without the plugin itself."""
        others = self._groups.get((field, value), [])
        place = self._places.get(plugin.plugin_id, {}).get(field)
        if place is None:
            return Neighbours(field, value, self._joined(others[:SHOWN]), len(others) > SHOWN)
        following = others[place + 1 : place + 1 + SHOWN]
        if len(following) < SHOWN:
            following += others[: min(place, SHOWN - len(following))]
        return Neighbours(field, value, self._joined(following), len(others) - 1 > SHOWN)

    def _joined(self, plugins: Iterable[PluginSummary]) -> str:
        """Return the links to some plugins."""
        return "".join(
            self._links.get(plugin.plugin_id)
            or self._links.setdefault(plugin.plugin_id, _link(plugin))
            for plugin in plugins
        )


def _link(plugin: PluginSummary) -> str:
    """Return a list item for a plugin's page."""
    name = escape(plugin.name)
    return f'<li><a href="{PLUGIN_ROOT}plugins/{plugin.plugin_id}/"><bdi>{name}</bdi></a></li>'
