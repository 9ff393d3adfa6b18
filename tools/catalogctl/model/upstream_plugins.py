"""Assemble the plugins of upstreams as the catalog publishes them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from catalogctl.lock import locked
from catalogctl.model.assemble import info_of, summarize
from catalogctl.model.plugin import Plugin
from catalogctl.model.plugin_summary import PluginSummary, VersionsSummary
from catalogctl.resolve.version_order import Version, latest, versions
from catalogctl.source.upstream_files import as_written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.source.upstream_files import TakenPlugin


def summarize_taken(
    taken: TakenPlugin, info: JSONObject, repository_info: Mapping[str, str]
) -> PluginSummary:
    """Return the summary of an upstream's plugin, published with this `repository_info`.

    `info` is its decoded PluginInfo.
    """
    own: JSONObject = {**repository_info}
    summary = summarize({**info, "repository_info": own}, info, file="")
    encoded = msgspec.json.encode({**as_written(taken.plugin), "repository_info": own})
    return replace(
        summary,
        encoded=encoded,
        repository=repository_info["name"],
        versions=_versions(taken.versions),
    )


def _versions(tags: Sequence[str]) -> VersionsSummary:
    encoded = msgspec.json.encode({"results": tags, "total_count": len(tags)})
    return VersionsSummary(
        latest=latest_of(tags),
        sha256=hashlib.sha256(encoded + b"\n").hexdigest(),
        count=len(tags),
        tags=msgspec.json.encode(tags),
    )


def latest_of(tags: Sequence[str]) -> str | None:
    """Return the version to use of an upstream's plugin; `tags` are its versions."""
    return latest(_in_order(tags))


def _in_order(tags: Sequence[str]) -> list[Version]:
    """Return the versions in the order of the upstream, which may count any tag as a version."""
    known = {each.tag: each for each in versions(tags)}
    return [known.get(tag) or Version(tag, (), prerelease=False) for tag in tags]


def upstream_plugin(summary: PluginSummary) -> Plugin:
    """Return a plugin of an upstream, ready to be published; nothing is known of its digests."""
    tags: list[str] = msgspec.json.decode(summary.versions.tags)
    return Plugin(
        summary=summary,
        info=info_of(summary),
        versions=[locked(each.tag, prerelease=each.prerelease) for each in _in_order(tags)],
        encoded_versions=msgspec.json.encode({"results": tags, "total_count": len(tags)}),
        lock=None,
        lock_note="",
    )
