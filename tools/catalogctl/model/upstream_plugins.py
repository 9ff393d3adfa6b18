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
from catalogctl.resolve.version_order import versions
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
    return next((tag for tag in tags if not _is_prerelease(tag)), tags[0] if tags else None)


def _is_prerelease(tag: str) -> bool:
    """Return whether a version is one to try; an upstream may count any tag as a version."""
    return any(each.prerelease for each in versions([tag]))


def upstream_plugin(summary: PluginSummary) -> Plugin:
    """Return a plugin of an upstream, ready to be published; nothing is known of its digests."""
    tags: list[str] = msgspec.json.decode(summary.versions.tags)
    return Plugin(
        summary=summary,
        info=info_of(summary),
        versions=[locked(tag, prerelease=_is_prerelease(tag)) for tag in tags],
        encoded_versions=msgspec.json.encode({"results": tags, "total_count": len(tags)}),
        lock=None,
        lock_note="",
    )
