"""Build `index.json` and its shards (product contract, 5)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from catalogctl.publish.endpoints import CALLS, GET, INDEX, LIST, LIST_PAGE, SHARD, filled
from catalogctl.publish.json_bytes import json_file
from catalogctl.publish.list_files import by_path, page_count
from catalogctl.publish.manifest import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.model.plugin import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.query_files import SavedAnswer

SCHEMA_VERSION = 1


def index_files(
    rows: Rows, edition: BuildContext, answers: Sequence[SavedAnswer], written: Mapping[str, Listed]
) -> Iterator[File]:
    """Yield the shards of a large catalog, then `index.json`.

    `written` contains every list and every answer by path.
    """
    every = rows.ordered
    index = _head(len(every), edition)
    index["facets"] = {field: _facet(rows, field, written) for field in rows.groups}
    index["lists"] = _lists(len(every), edition.settings.site.page_size, written)
    stats = [answer for answer in answers if answer.kind == "stat"]
    index["stats"] = {answer.name: _named(written[answer.path]) for answer in stats}
    saved = [answer for answer in answers if not answer.built_in]
    index["saved"] = {answer.name: _named(written[answer.path]) for answer in saved}
    index["endpoints"] = dict(CALLS)
    shard_size = edition.settings.site.index_shard_size
    if len(every) <= shard_size:
        index["plugins"] = [entry(row) for row in every]
    else:
        shards: list[JSONObject] = []
        for number, start in enumerate(range(0, len(every), shard_size), start=1):
            part = every[start : start + shard_size]
            path = filled(SHARD, {"shard": f"{number:03}"})
            data = json_file({"plugins": [entry(row) for row in part]})
            yield path, data
            shard = Listed(path, len(data), hashlib.sha256(data).hexdigest())
            shards.append({"count": len(part), **_named(shard)})
        index["shards"] = list(shards)
    yield INDEX, json_file(index)


def _head(total: int, edition: BuildContext) -> JSONObject:
    return {
        "schema_version": SCHEMA_VERSION,
        "repository_info": dict(edition.settings.repository_info),
        "source": {"commit": edition.commit, "commit_time": edition.commit_time},
        "now": edition.now,
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


def _facet(rows: Rows, field: str, written: Mapping[str, Listed]) -> JSONObject:
    """Return value → {count, path, size, sha256} of a field, values sorted by code point."""
    return {
        value: {"count": len(found), **_named(written[by_path(field, value, rows.segments)])}
        for value, found in rows.groups[field].items()
    }


def _lists(total: int, page_size: int, written: Mapping[str, Listed]) -> JSONObject:
    """Return the lists of all plugins: `all`, `page/1` and so on."""
    found: JSONObject = {"all": _named(written[LIST])}
    for number in range(1, page_count(total, page_size) + 1):
        found[f"page/{number}"] = _named(written[filled(LIST_PAGE, {"page": str(number)})])
    return found


def _named(file: Listed) -> JSONObject:
    return {"path": file.path, "size": file.size, "sha256": file.sha256}
