"""Every PluginInfo in; the plugins to show beside one, of its provider and type, out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN = 4


class Other(NamedTuple):
    """A plugin as a link shows it."""

    name: str
    plugin_id: str


class _Known(msgspec.Struct, frozen=True, gc=False):
    """The part of PluginInfo that is looked at."""

    plugin_id: str
    name: str
    service_type: str
    state: str
    provider: str | None = None


_decoder = msgspec.json.Decoder(_Known)


class Related:
    """Which plugins share a provider or a service type; enabled ones alone are offered."""

    def __init__(self, encoded: Iterable[bytes] = ()) -> None:
        groups: defaultdict[tuple[str, str], list[Other]] = defaultdict(list)
        for data in encoded:
            plugin = _decoder.decode(data)
            if plugin.state != "ENABLED":
                continue
            other = Other(plugin.name, plugin.plugin_id)
            groups["service_type", plugin.service_type].append(other)
            if plugin.provider:
                groups["provider", plugin.provider].append(other)
        self._groups = {key: sorted(found) for key, found in groups.items()}
        self._places = {
            (*key, other.plugin_id): place
            for key, found in self._groups.items()
            for place, other in enumerate(found)
        }

    def others(self, field: str, value: str, plugin_id: str) -> tuple[list[Other], int]:
        """Return those that follow the plugin by name, round the end, and how many there are.

        The plugin itself is not among them.
        """
        found = self._groups.get((field, value), [])
        place = self._places.get((field, value, plugin_id))
        if place is None:
            return found[:SHOWN], len(found)
        count = len(found) - 1
        return [
            found[(place + step) % len(found)] for step in range(1, min(SHOWN, count) + 1)
        ], count
