"""Rows and the files named so far in, `index.json` (and its shards) out (product contract, 5)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.publish.encoding import json_file
from catalogctl.publish.endpoints import CALLS, GET, INDEX, LIST, LIST_PAGE, SHARD, filled
from catalogctl.publish.facets import FIELDS, grouped
from catalogctl.publish.lists import by_path, page_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.publish.facets import Segments
    from catalogctl.publish.saved import SavedAnswer
    from catalogctl.publish.values import Edition, File, Row

SCHEMA_VERSION = 1


class Sum(NamedTuple):
    """What tells one state of a file from another: its bytes counted and hashed."""

    size: int
    sha256: str


def sum_of(data: bytes) -> Sum:
    """Return size and hash of a file."""
    return Sum(len(data), hashlib.sha256(data).hexdigest())


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


def index_files(
    rows: Sequence[Row],
    edition: Edition,
    segments: Segments,
    answers: Sequence[SavedAnswer],
    sums: Mapping[str, Sum],
) -> Iterator[File]:
    """Yield the shards of a large catalog, and `index.json` last.

    `sums` has every list and every answer by its path.
    """
    index = _head(rows, edition)
    index["facets"] = {field: _facet(rows, field, segments, sums) for field in FIELDS}
    index["lists"] = _lists(len(rows), edition.settings.site.page_size, sums)
    stats = [answer for answer in answers if answer.kind == "stat"]
    index["stats"] = {answer.name: _named(answer.path, sums) for answer in stats}
    saved = [answer for answer in answers if not answer.built_in]
    index["saved"] = {answer.name: _named(answer.path, sums) for answer in saved}
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
            shards.append({"count": len(part), **_named(path, {path: sum_of(data)})})
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
    rows: Sequence[Row], field: str, segments: Segments, sums: Mapping[str, Sum]
) -> JSONObject:
    """Return value → {count, path, size, sha256} of a field, values by code point."""
    return {
        value: {"count": len(found), **_named(by_path(field, value, segments), sums)}
        for value, found in grouped(rows, field).items()
    }


def _lists(total: int, page_size: int, sums: Mapping[str, Sum]) -> JSONObject:
    """Return the lists of all plugins: `all`, and `page/1` and so on."""
    found: JSONObject = {"all": _named(LIST, sums)}
    for number in range(1, page_count(total, page_size) + 1):
        found[f"page/{number}"] = _named(filled(LIST_PAGE, {"page": str(number)}), sums)
    return found


def _named(path: str, sums: Mapping[str, Sum]) -> JSONObject:
    return {"path": path, **sums[path]._asdict()}
