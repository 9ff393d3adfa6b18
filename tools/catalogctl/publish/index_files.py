"""Build `index.json` and its shards (product contract, 5)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.publish.cuts import PART_OF_LIST, cut
from catalogctl.publish.endpoints import CALLS, GET, INDEX, OF_UPSTREAMS, SHARD, filled
from catalogctl.publish.json_bytes import json_file
from catalogctl.publish.list_entries import (
    entries_of_lists,
    entries_of_repositories,
    entry_of_every,
    named,
)
from catalogctl.publish.list_files import by_path, has_every, has_pages, in_parts
from catalogctl.publish.manifest import Listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.list_files import PartsOfLists
    from catalogctl.publish.query_files import SavedAnswer

WITHOUT_PARTS, WITH_PARTS = 1, 2
"""The layouts of a tree: each list is one file, or the long ones have parts."""


class PublishedLists(NamedTuple):
    """The published lists and answers by path, and the parts of each list that has them."""

    written: Mapping[str, Listed]
    parts: PartsOfLists

    def entry(self, path: str) -> JSONObject:
        """Return what the index says of a list: its file, or its parts."""
        if path not in self.parts:
            return named(self.written[path])
        parts = self.parts[path]
        return {"parts": [{"count": part.plugins, **named(part.file)} for part in parts]}


def index_files(
    rows: Rows, context: BuildContext, answers: Iterable[SavedAnswer], files: PublishedLists
) -> Iterator[File]:
    """Yield the shards of a large catalog, then `index.json`."""
    every, site = rows.ordered, context.settings.site
    answers = list(answers)
    every_list = entry_of_every(context, len(every), files)
    index = _head(len(every), context, has_parts=bool(files.parts) or "parts" in every_list)
    index["facets"] = {field: _facet(rows, field, files) for field in rows.groups}
    index["lists"] = {
        **entries_of_lists(len(every), site, files),
        **({"every": every_list} if every_list else {}),
    }
    stats = [answer for answer in answers if answer.kind == "stat" and answer.is_named]
    index["stats"] = {answer.name: files.entry(answer.path) for answer in stats}
    saved = [answer for answer in answers if not answer.built_in]
    index["saved"] = {answer.name: files.entry(answer.path) for answer in saved}
    index["endpoints"] = {**calls(len(every), context)}
    if context.upstreams:
        index["repositories"] = [*entries_of_repositories(index, context, stats, files)]
    if len(every) <= site.index_shard_size:
        index["plugins"] = [entry(row) for row in every]
    else:
        shards: list[JSON] = []
        for path, data, part in _shards(every):
            yield path, data
            shard = Listed(path, len(data), hashlib.sha256(data).hexdigest())
            ids = {row.plugin_id for row in part}
            span: JSONObject = {"first": min(ids), "last": max(ids)}
            shards.append({"count": len(part), "plugin_ids": span, **named(shard)})
        index["shards"] = shards
    yield INDEX, json_file(index)


def calls(total: int, context: BuildContext) -> dict[str, str]:
    """Return the URL templates of the calls that a catalog of so many plugins has files for."""
    site = context.settings.site
    absent = {
        *(("list", "list_versions") if in_parts(total, site) else ()),
        *(("list_page",) if not has_pages(total, site) else ()),
        *(("list_every",) if not has_every(total, context) else ()),
        *(OF_UPSTREAMS if not context.upstreams else ()),
    }
    return {name: template for name, template in CALLS.items() if name not in absent}


def _shards(
    every: Sequence[PluginSummary],
) -> Iterator[tuple[str, bytes, Sequence[PluginSummary]]]:
    """Yield the path, bytes and plugins of each shard."""
    parts = cut(every, PART_OF_LIST, lambda row: row.plugin_id)
    for number, part in enumerate(parts, start=1):
        data = json_file({"plugins": [entry(row) for row in part]})
        yield filled(SHARD, {"shard": f"{number:03}"}), data, part


def _head(total: int, context: BuildContext, *, has_parts: bool) -> JSONObject:
    return {
        "schema_version": WITH_PARTS if has_parts else WITHOUT_PARTS,
        "repository_info": dict(context.settings.repository_info),
        "source": {"commit": context.commit, "commit_time": context.commit_time},
        "now": context.now,
        "total_count": total,
    }


def entry(row: PluginSummary) -> JSONObject:
    """Return a plugin's entry in the index."""
    return {
        "plugin_id": row.plugin_id,
        "name": row.name,
        "image": row.image,
        "state": row.state,
        "service_type": row.service_type,
        "registry_type": row.registry_type,
        **({"provider": row.provider} if row.provider is not None else {}),
        "labels": list(row.labels),
        "latest_version": row.versions.latest,
        "released_at": row.versions.released_at,
        "updated_at": row.updated_at,
        **({"deprecated": row.deprecated} if row.deprecated is not None else {}),
        "path": filled(GET, {"plugin_id": row.plugin_id}),
        "sha256": hashlib.sha256(row.encoded + b"\n").hexdigest(),
        "versions_sha256": row.versions.sha256,
    }


def _facet(rows: Rows, field: str, files: PublishedLists) -> JSONObject:
    """Return value → {count, path, size, sha256} or {count, parts}, sorted by code point."""
    return {
        value: {"count": len(found), **files.entry(by_path(field, value, rows.segments))}
        for value, found in rows.groups[field].items()
    }
