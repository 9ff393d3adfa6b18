"""Assemble plugins: first a `PluginSummary` without the lock, then a `Plugin`."""

from __future__ import annotations

import hashlib
from operator import attrgetter
from sys import intern
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from catalogctl.jsontypes import as_object, as_text
from catalogctl.model.plugin import Plugin
from catalogctl.model.plugin_documents import NO_DOCUMENTS, PluginDocuments
from catalogctl.model.plugin_summary import PluginSummary, Release, VersionsSummary
from catalogctl.times import parse_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.lock import Lock, LockedVersion
    from catalogctl.model.plugin import CheckedLock

_encoder = msgspec.json.Encoder()


def plugin_info(
    request: JSONObject,
    repository_info: Mapping[str, str],
    created_at: str,
    updated_at: str,
) -> JSONObject:
    """Return PluginInfo in the seed's field order; provider and project_id only if given.

    Structs are passed through as written; absent ones are {}, and absent labels [] (product
    contract, 5).
    """
    info: JSONObject = {
        "plugin_id": request["plugin_id"],
        "name": request["name"],
        "image": request["image"],
        "registry_url": request["registry_url"],
        "state": request["state"],
        "service_type": request["service_type"],
    }
    if request.get("provider"):
        info["provider"] = request["provider"]
    info["registry_type"] = request["registry_type"]
    info["registry_config"] = request.get("registry_config", {})
    info["capability"] = request.get("capability", {})
    info["template"] = request.get("template", {})
    info["labels"] = request.get("labels", [])
    info["tags"] = request.get("tags", {})
    info["repository_info"] = dict(repository_info)
    if request.get("project_id"):
        info["project_id"] = request["project_id"]
    info["domain_id"] = request["domain_id"]
    info["created_at"] = created_at
    info["updated_at"] = updated_at
    return info


def summarize(
    info: JSONObject,
    request: JSONObject,
    *,
    file: str,
    resolved_at: str | None = None,
    icon_path: str = "",
) -> PluginSummary:
    """Return the summary of a plugin without its lock; `request` has more fields than `info`.

    Texts that many plugins have in common are interned, because all summaries are kept in memory.
    """
    deprecated, maintainers = request.get("deprecated"), request.get("maintainers")
    labels, tags = info["labels"], as_object(info["tags"])
    return PluginSummary(
        plugin_id=as_text(info["plugin_id"]),
        name=as_text(info["name"]),
        image=as_text(info["image"]),
        registry_url=intern(as_text(info["registry_url"])),
        state=intern(as_text(info["state"])),
        service_type=intern(as_text(info["service_type"])),
        provider=intern(as_text(info.get("provider"))) or None,
        registry_type=intern(as_text(info["registry_type"])),
        labels=tuple(intern(as_text(each)) for each in labels) if isinstance(labels, list) else (),
        description=as_text(tags.get("description")),
        icon=as_text(tags.get("icon")),
        created_at=as_text(info["created_at"]),
        updated_at=as_text(info["updated_at"]),
        encoded=_encoder.encode(info),
        deprecated=_without_nulls(deprecated) if isinstance(deprecated, dict) else None,
        maintainers=tuple(map(str, maintainers)) if isinstance(maintainers, list) else (),
        file=file,
        resolved_at=resolved_at,
        icon_path=icon_path,
    )


def info_of(summary: PluginSummary) -> JSONObject:
    """Return the PluginInfo of a plugin."""
    info: JSONObject = msgspec.json.decode(summary.encoded)
    return info


def plugin(
    summary: PluginSummary,
    lock: CheckedLock | None,
    info: JSONObject | None = None,
    documents: PluginDocuments = NO_DOCUMENTS,
) -> Plugin:
    """Return a plugin with its lock and its documents; pass `info` if it is already decoded."""
    used = lock.lock if lock is not None else None
    versions = used.versions if used is not None else ()
    tags = [version.tag for version in versions]
    encoded = _encoder.encode({"results": tags, "total_count": len(tags)})
    return Plugin(
        summary=replace(summary, versions=_versions(used, tags, encoded)),
        info=info_of(summary) if info is None else info,
        versions=versions,
        encoded_versions=encoded,
        lock=None if lock is None else lock.data,
        lock_note="" if lock is None or used is not None else "stale",
        documents=documents,
    )


def _versions(lock: Lock | None, tags: Sequence[str], encoded: bytes) -> VersionsSummary:
    """Return the summary of the versions in a lock; `encoded` is the VersionsInfo of their tags."""
    sha256 = hashlib.sha256(encoded + b"\n").hexdigest()
    if lock is None:
        return VersionsSummary(sha256=sha256)
    releases = [
        Release(time, version.tag, version.prerelease)
        for version in lock.versions
        if (time := _released_at(version)) is not None
    ]
    released_at = {each.version: each.released_at for each in releases}
    releases.sort(key=attrgetter("released_at"), reverse=True)
    return VersionsSummary(
        lock.latest,
        released_at.get(lock.latest or ""),
        sha256,
        len(lock.versions),
        _encoder.encode(releases),
        releases[0].released_at if releases else None,
        bool(lock.history),
        _encoder.encode(tags),
    )


def _released_at(version: LockedVersion) -> str | None:
    """Return the time of a version in the API's format, or None if it is unknown.

    It is the time of the push, or else the time at which it first was in the lock.
    """
    return parse_time(version.pushed_at or "") or parse_time(version.first_seen or "")


def _without_nulls(value: JSONObject) -> JSONObject:
    """Return a mapping without the members that are null."""
    return {name: member for name, member in value.items() if member is not None}
