"""Build `index.json` and its shards (product contract, 5)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.publish.cuts import PART_OF_LIST, cut
from catalogctl.publish.endpoints import CALLS, GET, INDEX, LIST, LIST_PAGE, SHARD, filled
from catalogctl.publish.json_bytes import json_file
from catalogctl.publish.list_files import by_path, has_pages, in_parts, page_count
from catalogctl.publish.manifest import Listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import BuildContext, File
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.list_files import PartsOfLists
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.source.settings import SiteSettings

WITHOUT_PARTS, WITH_PARTS = 1, 2
"""The layouts of a tree: each list is one file, or the long ones have parts."""


class PublishedLists(NamedTuple):
    """The published lists and answers by path, and the parts of each list that has them."""

    written: Mapping[str, Listed]
    parts: PartsOfLists

    def entry(self, path: str) -> JSONObject:
        """Return what the index says of a list: its file, or its parts."""
        if path not in self.parts:
            return _named(self.written[path])
        parts = self.parts[path]
        return {"parts": [{"count": part.plugins, **_named(part.file)} for part in parts]}


def index_files(
    rows: Rows, edition: BuildContext, answers: Iterable[SavedAnswer], files: PublishedLists
) -> Iterator[File]:
    """Yield the shards of a large catalog, then `index.json`."""
    every, site = rows.ordered, edition.settings.site
    index = _head(len(every), edition, files)
    index["facets"] = {field: _facet(rows, field, files) for field in rows.groups}
    index["lists"] = _lists(len(every), site, files)
    stats = [answer for answer in answers if answer.kind == "stat" and answer.is_named]
    index["stats"] = {answer.name: files.entry(answer.path) for answer in stats}
    saved = [answer for answer in answers if not answer.built_in]
    index["saved"] = {answer.name: files.entry(answer.path) for answer in saved}
    index["endpoints"] = {**calls(len(every), site)}
    if len(every) <= site.index_shard_size:
        index["plugins"] = [entry(row) for row in every]
    else:
        shards: list[JSON] = []
        for path, data, count in _shards(every):
            yield path, data
            shard = Listed(path, len(data), hashlib.sha256(data).hexdigest())
            shards.append({"count": count, **_named(shard)})
        index["shards"] = shards
    yield INDEX, json_file(index)


def calls(total: int, site: SiteSettings) -> dict[str, str]:
    """Return the URL templates of the calls that a catalog of so many plugins has files for."""
    absent = {
        *(("list",) if in_parts(total, site) else ()),
        *(("list_page",) if not has_pages(total, site) else ()),
    }
    return {name: template for name, template in CALLS.items() if name not in absent}


def _shards(every: Sequence[PluginSummary]) -> Iterator[tuple[str, bytes, int]]:
    """Yield the path, bytes and number of plugins of each shard."""
    parts = cut(every, PART_OF_LIST, lambda row: row.plugin_id)
    for number, part in enumerate(parts, start=1):
        data = json_file({"plugins": [entry(row) for row in part]})
        yield filled(SHARD, {"shard": f"{number:03}"}), data, len(part)


def _head(total: int, edition: BuildContext, files: PublishedLists) -> JSONObject:
    return {
        "schema_version": WITH_PARTS if files.parts else WITHOUT_PARTS,
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


def _facet(rows: Rows, field: str, files: PublishedLists) -> JSONObject:
    """Return value → {count, path, size, sha256} or {count, parts}, sorted by code point."""
    return {
        value: {"count": len(found), **files.entry(by_path(field, value, rows.segments))}
        for value, found in rows.groups[field].items()
    }


def _lists(total: int, site: SiteSettings, files: PublishedLists) -> JSONObject:
    """Return the lists of all plugins: `all`, and `page/1` and so on."""
    found: JSONObject = {"all": files.entry(LIST)}
    if has_pages(total, site):
        for number in range(1, page_count(total, site.page_size) + 1):
            path = filled(LIST_PAGE, {"page": str(number)})
            found[f"page/{number}"] = files.entry(path)
    return found


def _named(file: Listed) -> JSONObject:
    return {"path": file.path, "size": file.size, "sha256": file.sha256}
