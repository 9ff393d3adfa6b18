"""Find the plugins that another plugin's page leads to: others of its kind, and its successor."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from catalogctl.model.plugin_summary import VersionsSummary, base_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from catalogctl.model.plugin_summary import PluginSummary

SHOWN = 3
PLUGIN_ROOT = "../../"
"""The relative path to the root from each plugin's page."""
_FIELDS = ("service_type", "provider")
"""What a plugin shares with the ones that its page leads to, the closest first."""


class Neighbours(NamedTuple):
    """All that a plugin's page takes from other plugins, as plain values.

    `others` are rows as HTML, `successor` is one or ""; `service_types` are those of all these
    plugins.
    """

    others: tuple[str, ...] = ()
    successor: str = ""
    successor_name: str = ""
    service_types: tuple[str, ...] = ()


class Related:
    """The plugins of a catalog, in groups that share a service type or a provider.

    Only enabled plugins that are not deprecated are offered.
    """

    def __init__(self, plugins: Iterable[PluginSummary] = ()) -> None:
        self._all = {plugin.plugin_id: plugin for plugin in plugins}
        self._groups: defaultdict[tuple[str, str], list[PluginSummary]] = defaultdict(list)
        for plugin in sorted(self._all.values(), key=base_key):
            if plugin.state == "ENABLED" and plugin.deprecated is None:
                for key in _keys(plugin):
                    self._groups[key].append(plugin)
        self._orders = {key: [*map(base_key, group)] for key, group in self._groups.items()}

    def others(self, plugin: PluginSummary) -> list[PluginSummary]:
        """Return the next plugins by name of the same service type, then of the same provider.

        The order wraps around, so each plugin stands on the pages of a few others only. The
        successor of a deprecated plugin is not among them.
        """
        found = {plugin.plugin_id: plugin}
        if (successor := self.successor(plugin)) is not None:
            found[successor.plugin_id] = successor
        known = len(found)
        for other in self._following(plugin):
            if len(found) == known + SHOWN:
                break
            found.setdefault(other.plugin_id, other)
        return list(found.values())[known:]

    def _following(self, plugin: PluginSummary) -> Iterator[PluginSummary]:
        """Yield the plugins of each group once, from the one that follows a plugin on."""
        for key in _keys(plugin):
            group = self._groups.get(key, ())
            start = bisect(self._orders.get(key, ()), base_key(plugin))
            for place in range(len(group)):
                yield group[(start + place) % len(group)]

    def successor(self, plugin: PluginSummary) -> PluginSummary | None:
        """Return the plugin to use instead of a deprecated one, None if there is none."""
        successor = (plugin.deprecated or {}).get("successor")
        return self._all.get(successor) if isinstance(successor, str) else None


class RelatedRows:
    """The rows of related plugins as HTML, each rendered once, when it is first needed.

    They have no version: a release of a plugin changes no other plugin's page.
    """

    def __init__(self, related: Related, render: Callable[[PluginSummary], str]) -> None:
        self._related = related
        self._render = render
        self._rows: dict[str, str] = {}

    def neighbours(self, plugin: PluginSummary) -> Neighbours:
        """Return all that a plugin's page takes from other plugins."""
        others, successor = self._related.others(plugin), self._related.successor(plugin)
        every = others if successor is None else [*others, successor]
        return Neighbours(
            tuple(map(self._row, others)),
            "" if successor is None else self._row(successor),
            "" if successor is None else successor.name,
            tuple(sorted({each.service_type for each in every})),
        )

    def _row(self, plugin: PluginSummary) -> str:
        row = self._rows.get(plugin.plugin_id)
        if row is None:
            unversioned = replace(plugin, versions=VersionsSummary())
            row = self._rows[plugin.plugin_id] = self._render(unversioned)
        return row


def _keys(plugin: PluginSummary) -> list[tuple[str, str]]:
    values = ((field, getattr(plugin, field)) for field in _FIELDS)
    return [(field, value) for field, value in values if value]
