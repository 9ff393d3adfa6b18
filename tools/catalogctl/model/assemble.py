"""Assemble plugins: first a `Draft` without the lock, then a `Plugin`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from catalogctl.model.plugin import Draft, Plugin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSONObject
    from catalogctl.model.plugin import CheckedLock

_STRUCTS = ("registry_config", "capability", "template", "tags")
_encoder = msgspec.json.Encoder()


def plugin_info(
    request: JSONObject,
    repository_info: Mapping[str, str],
    created_at: str,
    updated_at: str,
) -> JSONObject:
    """Return PluginInfo in the seed's field order; provider and project_id only when given.

    Structs are passed through as they were written; absent ones are {} and absent labels []
    (product contract, 5).
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


def draft(  # noqa: PLR0913  (each is one thing that a plugin is made of)
    request: JSONObject,
    *,
    repository_info: Mapping[str, str],
    created_at: str,
    updated_at: str,
    file: str,
    resolved_at: str | None,
) -> Draft:
    """Return the plugin that a valid effective request stands for, still without its lock."""
    info = plugin_info(request, repository_info, created_at, updated_at)
    deprecated = request.get("deprecated")
    maintainers = request.get("maintainers")
    return Draft(
        plugin_id=str(info["plugin_id"]),
        encoded=_encoder.encode(info),
        resolved_at=resolved_at,
        deprecated=_given(deprecated) if isinstance(deprecated, dict) else None,
        maintainers=tuple(map(str, maintainers)) if isinstance(maintainers, list) else (),
        file=file,
    )


def info_of(made: Draft) -> JSONObject:
    """Return the PluginInfo of a draft."""
    info: JSONObject = msgspec.json.decode(made.encoded)
    return info


def plugin(made: Draft, lock: CheckedLock | None, info: JSONObject | None = None) -> Plugin:
    """Return a draft with its lock; `info` where the caller has it at hand."""
    used = lock.lock if lock is not None else None
    return Plugin(
        plugin_id=made.plugin_id,
        info=info_of(made) if info is None else info,
        encoded=made.encoded,
        versions=used.versions if used is not None else (),
        latest_version=used.latest if used is not None else None,
        lock=None if lock is None else lock.data,
        lock_note="" if lock is None or used is not None else "stale",
        resolved_at=made.resolved_at,
        deprecated=made.deprecated,
        maintainers=made.maintainers,
        file=made.file,
    )


def _given(value: JSONObject) -> JSONObject:
    """Return a mapping without the members that are null."""
    return {name: member for name, member in value.items() if member is not None}
