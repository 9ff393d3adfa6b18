"""Plugins in; the values by which they can be listed, and the path segment of each, out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from catalogctl.publish.paths import segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from catalogctl.publish.values import Row

    Segments: TypeAlias = Mapping[tuple[str, str], str]

FIELDS = ("state", "service_type", "provider", "registry_type", "labels")
"""The fields that have a list for each of their values."""

ALWAYS = (
    ("state", "ENABLED"),
    ("state", "DISABLED"),
    ("registry_type", "DOCKER_HUB"),
    ("registry_type", "AWS_PUBLIC_ECR"),
)
"""The values that have a list even when no plugin has them (product contract, 5)."""


class _Listed(msgspec.Struct, frozen=True, gc=False):
    """The part of PluginInfo that facets look at."""

    state: str
    service_type: str
    registry_type: str
    provider: str | None = None
    labels: tuple[str, ...] = ()


_decoder = msgspec.json.Decoder(_Listed)


def facet_segments(encoded: Iterable[bytes]) -> dict[tuple[str, str], str]:
    """Return the path segment of every (field, value); `encoded` are all PluginInfos as JSON."""
    found: dict[str, set[str]] = {field: set() for field in FIELDS}
    for field, value in ALWAYS:
        found[field].add(value)
    for data in encoded:
        plugin = _decoder.decode(data)
        for field in FIELDS:
            found[field].update(_values(plugin, field))
    return {
        (field, value): segment
        for field, values in found.items()
        for value, segment in segments(values).items()
    }


def grouped(rows: Sequence[Row], field: str) -> dict[str, list[Row]]:
    """Return the rows of each value of a field, values by code point, rows in their order."""
    found: dict[str, list[Row]] = {value: [] for name, value in ALWAYS if name == field}
    for row in rows:
        for value in _values(row, field):
            found.setdefault(value, []).append(row)
    return dict(sorted(found.items()))


def _values(plugin: _Listed | Row, field: str) -> Iterator[str]:
    """Yield the values that a plugin has in a field, each once; no provider is no value."""
    if field == "labels":
        yield from dict.fromkeys(plugin.labels)
    elif value := getattr(plugin, field):
        yield value
