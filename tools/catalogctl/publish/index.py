"""Rows and the files named so far in, `index.json` (and its shards) out (product contract, 5)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from catalogctl.publish.encoding import json_file
from catalogctl.publish.endpoints import CALLS, GET, INDEX, LIST, LIST_PAGE, SHARD, filled
from catalogctl.publish.lists import by_path, page_count
from catalogctl.publish.manifest import Listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.publish.facets import Groups, Segments
    from catalogctl.publish.saved import SavedAnswer
    from catalogctl.publish.values import Edition, File, Row

SCHEMA_VERSION = 1


class _Minimal(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A row of a list with `minimal: true` (query spec, 5)."""

    plugin_id: str
    name: str
    image: str
    state: str
    service_type: str
    registry_type: str
    provider: str | None = None


_decoder = msgspec.json.Decoder(_Minimal)


def index_files(  # noqa: PLR0913  (each is one thing that an index is made of)
    rows: Sequence[Row],
    groups: Groups,
    edition: Edition,
    segments: Segments,
    answers: Sequence[SavedAnswer],
    *,
    written: Mapping[str, Listed],
) -> Iterator[File]:
    """Yield the shards of a large catalog, and `index.json` last.

    `written` has every list and every answer by its path.
    """
    index = _head(rows, edition)
    index["facets"] = {
        field: _facet(field, values, segments, written) for field, values in groups.items()
    }
    index["lists"] = _lists(len(rows), edition.settings.site.page_size, written)
    stats = [answer for answer in answers if answer.kind == "stat"]
    index["stats"] = {answer.name: _named(written[answer.path]) for answer in stats}
    saved = [answer for answer in answers if not answer.built_in]
    index["saved"] = {answer.name: _named(written[answer.path]) for answer in saved}
    index["endpoints"] = dict(CALLS)
    shard_size = edition.settings.site.index_shard_size
    if len(rows) <= shard_size:
        index["plugins"] = [entry(row) for row in rows]
    else:
        shards: list[JSONObject] = []
        for number, start in enumerate(range(0, len(rows), shard_size), start=1):
            part = rows[start : start + shard_size]
            path = filled(SHARD, {"shard": f"{number:03}"})
            data = json_file({"plugins": [entry(row) for row in part]})
            yield path, data
            shard = Listed(path, len(data), hashlib.sha256(data).hexdigest())
            shards.append({"count": len(part), **_named(shard)})
        index["shards"] = list(shards)
    yield INDEX, json_file(index)


def _head(rows: Sequence[Row], edition: Edition) -> JSONObject:
    return {
        "schema_version": SCHEMA_VERSION,
        "repository_info": dict(edition.settings.repository_info),
        "source": {"commit": edition.commit, "commit_time": edition.commit_time},
        "now": edition.now,
        "total_count": len(rows),
    }


def entry(row: Row) -> JSONObject:
    """Return what the index says of one plugin."""
    made: JSONObject = msgspec.to_builtins(_decoder.decode(row.info))
    made["labels"] = list(row.labels)
    made["latest_version"] = row.latest_version
    made["updated_at"] = row.updated_at
    if row.deprecated is not None:
        made["deprecated"] = row.deprecated
    made["path"] = filled(GET, {"plugin_id": row.plugin_id})
    made["sha256"] = row.sha256
    return made


def _facet(
    field: str,
    values: Mapping[str, Sequence[Row]],
    segments: Segments,
    written: Mapping[str, Listed],
) -> JSONObject:
    """Return value → {count, path, size, sha256} of a field, values by code point."""
    return {
        value: {"count": len(found), **_named(written[by_path(field, value, segments)])}
        for value, found in values.items()
    }


def _lists(total: int, page_size: int, written: Mapping[str, Listed]) -> JSONObject:
    """Return the lists of all plugins: `all`, and `page/1` and so on."""
    found: JSONObject = {"all": _named(written[LIST])}
    for number in range(1, page_count(total, page_size) + 1):
        found[f"page/{number}"] = _named(written[filled(LIST_PAGE, {"page": str(number)})])
    return found


def _named(file: Listed) -> JSONObject:
    return {"path": file.path, "size": file.size, "sha256": file.sha256}
