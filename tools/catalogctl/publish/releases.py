"""Build `releases.json`: how many releases each month had, and the newest ones."""

from __future__ import annotations

import heapq
from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.model.plugin_summary import Release
from catalogctl.publish.endpoints import RELEASES
from catalogctl.publish.json_bytes import json_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import File

NEWEST = 50
_MONTH = len("2026-11")
_decoder = msgspec.json.Decoder(list[Release])


class PluginRelease(NamedTuple):
    """A version of a plugin, and when it was released."""

    plugin_id: str
    version: str
    released_at: str
    prerelease: bool


class Releases(NamedTuple):
    """The releases of a catalog: the months («2026-11») with their number, and the latest ones.

    Months without any are left out. Pre-releases are among the latest ones, but are not counted.
    """

    months: Sequence[tuple[str, int]]
    latest: Sequence[PluginRelease]


def releases_of(rows: Sequence[PluginSummary]) -> Releases:
    """Return the releases of the versions that plugins have now."""
    months: Counter[str] = Counter()
    for row in rows:
        released = _decoder.decode(row.versions.releases)
        months.update(each.released_at[:_MONTH] for each in released if not each.prerelease)
    return Releases(sorted(months.items()), _latest(rows))


def _latest(rows: Sequence[PluginSummary]) -> list[PluginRelease]:
    """Return the newest releases. All of them are of the plugins that released something last."""
    released = (row for row in rows if row.versions.last_release is not None)
    recent = heapq.nlargest(NEWEST, released, key=attrgetter("versions.last_release"))
    every = (
        PluginRelease(row.plugin_id, each.version, each.released_at, each.prerelease)
        for row in recent
        for each in _decoder.decode(row.versions.releases)
    )
    return heapq.nlargest(NEWEST, every, key=attrgetter("released_at"))


def releases_file(releases: Releases) -> File:
    """Return `releases.json`."""
    return RELEASES, json_file(
        {
            "months": [{"month": month, "count": count} for month, count in releases.months],
            "latest": [each._asdict() for each in releases.latest],
        }
    )
