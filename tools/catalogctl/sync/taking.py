"""Decide which plugins of an upstream's edition become which files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from catalogctl.pipeline.checked_upstreams import filter_request
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.problem import has_errors
from catalogctl.query import answer, base_order
from catalogctl.schemas import fields
from catalogctl.source.upstream_files import (
    MAX_FILE_SIZE,
    MAX_PLUGIN,
    as_written,
    encode_upstream_file,
    inexact_number,
    taken_plugin,
)
from catalogctl.sync.upstream_edition import Hashes
from catalogctl.validate.message_schemas import compiled
from catalogctl.validate.unsupported_values import unsupported_value
from catalogctl.validate.upstream_rules import check_upstream_plugin, may_be_deep

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.jsontypes import JSONObject
    from catalogctl.source.settings import Settings, UpstreamSettings
    from catalogctl.source.upstream_files import TakenPlugin
    from catalogctl.sync.upstream_edition import ReadPlugin


@dataclass(slots=True)
class Taken:
    """What is taken of an edition: the ids that match the filter, and the new bytes of files.

    `refused` maps ids to reasons, `unknown` are fields that PluginInfo does not have.
    """

    matching: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)


def take(
    plugins: Mapping[str, ReadPlugin],
    old: Mapping[str, TakenPlugin],
    upstream: UpstreamSettings,
    settings: Settings,
    now: str,
) -> Taken:
    """Return what becomes of the plugins of an edition; `old` are those that are committed.

    `now` is the time that the filter's conditions count from.
    """
    taken = Taken()
    infos = dict(_readable(plugins, taken))
    matching = _matching(infos, upstream, now, taken) if upstream.filter else {*infos}
    for plugin_id, info in infos.items():
        if plugin_id not in matching:
            continue
        taken.matching.add(plugin_id)
        before = old.get(plugin_id)
        read = plugins[plugin_id]
        if plugin_id in upstream.hold or (before is not None and _is_same(before, read)):
            continue
        data = _new_file(plugin_id, info, read, settings, taken)
        if data is not None:
            taken.files[plugin_id] = data
    return taken


def _readable(plugins: Mapping[str, ReadPlugin], taken: Taken) -> Iterator[tuple[str, Any]]:
    """Yield the PluginInfo of each plugin that can be looked at, with its numbers as written."""
    for plugin_id, read in plugins.items():
        flaw = read.flaw
        if not flaw and not is_plugin_id(plugin_id):
            flaw = "it has no valid plugin_id"
        if not flaw and len(read.info) > MAX_PLUGIN:
            flaw = f"it has {len(read.info)} bytes; at most {MAX_PLUGIN} are allowed"
        if flaw:
            taken.refused[plugin_id] = flaw
            continue
        try:
            value = as_written(read.info)
            is_deep = may_be_deep(read.info)
            flawed = unsupported_value(msgspec.json.decode(read.info)) if is_deep else None
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            taken.refused[plugin_id] = "it is not JSON"
            continue
        if flawed is not None or not isinstance(value, dict):
            message = "it is not an object" if flawed is None else flawed.message
            taken.refused[plugin_id] = message
            continue
        yield plugin_id, value


def _matching(
    infos: Mapping[str, Any], upstream: UpstreamSettings, now: str, taken: Taken
) -> set[str]:
    """Return the ids of the plugins that the filter lets through; unusual ones are refused later.

    Only a PluginInfo has the fields that conditions look at.
    """
    is_valid = compiled("PluginInfo").is_valid
    plain = dict(_plain(infos, taken))
    valid = base_order([info for info in plain.values() if is_valid(info)])
    found = answer("list", filter_request(upstream), valid, now=now, repository_id="")
    results = found["results"]
    rows = results if isinstance(results, list) else []
    passed = {str(each["plugin_id"]) for each in rows if isinstance(each, dict)}
    return passed | {name for name, info in plain.items() if not is_valid(info)}


def _plain(infos: Mapping[str, Any], taken: Taken) -> Iterator[tuple[str, JSONObject]]:
    """Yield the known fields of each PluginInfo, with its numbers as numbers."""
    known = fields("PluginInfo")
    for plugin_id, info in infos.items():
        value = {name: info[name] for name in known if name in info}
        try:
            yield plugin_id, msgspec.json.decode(msgspec.json.encode(value))
        except msgspec.ValidationError:
            taken.refused[plugin_id] = _not_exact(value)


def _not_exact(value: JSONObject) -> str:
    """Return the reason to refuse a plugin for one of its numbers."""
    return f"{inexact_number(value)}: a number that has no exact form"


def hashes_of(taken: TakenPlugin) -> Hashes:
    """Return the hashes of a plugin's files when it was taken."""
    return Hashes(taken.sha256.get, taken.sha256.get_versions)


def _is_same(before: TakenPlugin, read: ReadPlugin) -> bool:
    """Return whether a committed plugin is as it is published now."""
    hashes = hashes_of(before)
    return hashes.get is not None and hashes == read.hashes


def _new_file(
    plugin_id: str, info: Any, read: ReadPlugin, settings: Settings, taken: Taken
) -> bytes | None:
    """Return the bytes of a plugin's file, None if it is refused."""
    known = fields("PluginInfo")
    taken.unknown.update(name for name in info if name not in known)
    value: JSONObject = {name: info[name] for name in known if name in info}
    versions = read.versions or ()
    try:
        new = taken_plugin(
            value, versions, get=read.hashes.get, get_versions=read.hashes.get_versions
        )
    except ValueError:
        taken.refused[plugin_id] = _not_exact(value)
        return None
    data = encode_upstream_file(new)
    if len(data) > MAX_FILE_SIZE:
        taken.refused[plugin_id] = f"its file would have {len(data)} bytes"
        return None
    checked = check_upstream_plugin(f"{plugin_id}.json", plugin_id, data, settings)
    if has_errors(checked.problems):
        first = min(checked.problems)
        where = first.pointer.removeprefix("/plugin")
        taken.refused[plugin_id] = f"{where}: {first.message}" if where else first.message
        return None
    return data
