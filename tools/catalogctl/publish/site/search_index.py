"""Build the search index: columns in shards named by their content hash.

A shard contains 1,250 to 5,000 plugins in base order, column by column, with repeated values as
indexes into a list. It is therefore small when compressed and can be searched without building
anything (site contract, 5). It is not fetched before the search is used.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

from catalogctl.publish.cuts import SHARD_OF_SEARCH, CutSizes, cut
from catalogctl.publish.json_bytes import json_file
from catalogctl.publish.site import avatars
from catalogctl.publish.site.words import Words
from catalogctl.query.plugin_search import DESCRIPTION, short
from catalogctl.web_addresses import picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.publish.build_context import File

INDEX = "search/index.json"
_NAME_DIGITS = 16
_EPOCH = date(1970, 1, 1).toordinal()


def files(
    rows: Sequence[PluginSummary],
    hosts: tuple[str, ...] = (),
    sizes: CutSizes = SHARD_OF_SEARCH,
    words: Words | None = None,
    repository: str = "",
) -> Iterator[File]:
    """Yield the shards, then their list; icons are only included from `hosts`.

    `repository` is the name of the catalog's own, if there are plugins of others.
    """
    shards: list[JSON] = []
    for part in cut(rows, sizes, lambda row: row.plugin_id):
        data = json_file(shard(part, hosts, words, repository))
        path = f"search/{hashlib.sha256(data).hexdigest()[:_NAME_DIGITS]}.json"
        yield path, data
        shards.append({"path": path, "count": len(part), "size": len(data)})
    yield INDEX, json_file({"count": len(rows), "shards": shards})


class _Numbers:
    """Repeated values, each stored once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def number(self, value: str) -> int:
        return self._known.setdefault(value, len(self._known))

    @property
    def values(self) -> list[JSON]:
        return list(self._known)


def shard(
    rows: Sequence[PluginSummary],
    hosts: tuple[str, ...] = (),
    words: Words | None = None,
    repository: str = "",
) -> JSONObject:
    """Return the columns of some plugins; a missing version is "", a missing provider -1.

    `released`, `updated` and `created` are days since 1970, `disabled` and `deprecated` are lists
    of rows, and `icons` maps rows to paths and addresses of images. An image's name is its `space`
    followed by the id; if it does not end with the id, `images` has the full name, `space` is -1.
    `repository` is the name of the catalog's own, if there are plugins of others.
    """
    words = words or Words()
    types, providers, registries, labels = (_Numbers() for _ in range(4))
    columns: JSONObject = {
        "id": [row.plugin_id for row in rows],
        "name": [row.name for row in rows],
        "text": [short(row.description, DESCRIPTION) for row in rows],
        "labels": [[labels.number(each) for each in dict.fromkeys(row.labels)] for row in rows],
        "type": [types.number(row.service_type) for row in rows],
        "provider": [providers.number(row.provider) if row.provider else -1 for row in rows],
        "registry": [registries.number(row.registry_type) for row in rows],
        "version": [row.versions.latest or "" for row in rows],
        "released": [_day(row.versions.released_at or "") for row in rows],
        "updated": [_day(row.updated_at) for row in rows],
        "created": [_day(row.created_at) for row in rows],
        "disabled": [place for place, row in enumerate(rows) if row.state != "ENABLED"],
        "deprecated": [place for place, row in enumerate(rows) if row.deprecated is not None],
    }
    columns |= {
        "labelValues": labels.values,
        "typeValues": types.values,
        "typeWords": [words.of(str(value)) for value in types.values],
        "typeGlyphs": [avatars.glyph(str(value)) for value in types.values],
        "providerValues": providers.values,
        "providerWords": [words.of(str(value)) for value in providers.values],
        "providerHues": [avatars.hue(str(value)) for value in providers.values],
        "registryValues": registries.values,
    }
    others = _repositories(rows, repository) if repository else {}
    return {**columns, **_images(rows, hosts), **others}


def _images(rows: Sequence[PluginSummary], hosts: tuple[str, ...]) -> JSONObject:
    """Return the columns of the images and the icons."""
    spaces = _Numbers()
    return {
        "space": [
            spaces.number(row.image.removesuffix(row.plugin_id)) if _has_id(row) else -1
            for row in rows
        ],
        "images": {str(place): row.image for place, row in enumerate(rows) if not _has_id(row)},
        "icons": {
            str(place): icon
            for place, row in enumerate(rows)
            if (icon := row.icon_path or picture(row.icon, hosts))
        },
        "spaceValues": spaces.values,
    }


def _repositories(rows: Sequence[PluginSummary], own: str) -> JSONObject:
    """Return the columns that say whose plugins the rows are; -1 is the catalog's own."""
    others = _Numbers()
    return {
        "repository": [others.number(row.repository) if row.repository else -1 for row in rows],
        "repositoryValues": others.values,
        "ownRepository": own,
    }


def _has_id(row: PluginSummary) -> bool:
    """Return whether the image's name ends with the plugin's id, as it does by default."""
    return row.image.endswith(row.plugin_id)


def _day(time: str) -> int:
    """Return the days from 1970 to an ISO time, or 0 for any other text."""
    try:
        return date.fromisoformat(time[:10]).toordinal() - _EPOCH
    except ValueError:
        return 0
