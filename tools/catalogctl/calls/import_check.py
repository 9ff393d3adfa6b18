"""Compare imported plugins, as this catalog would publish them, with their source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from catalogctl.calls.import_entries import ELSEWHERE, TAKEN
from catalogctl.jsontypes import is_same_json
from catalogctl.pipeline.working_tree import WorkingTree
from catalogctl.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from catalogctl.jsontypes import JSONObject
    from catalogctl.pipeline.check_files import CheckedFile
    from catalogctl.pipeline.open_catalog import OpenCatalog


def differences(
    opened: OpenCatalog, files: Iterable[CheckedFile], infos: Mapping[str, JSONObject]
) -> Iterator[str]:
    """Yield how each plugin, as published from here, differs from its source.

    `opened` is the catalog after the import, `files` are its imported plugin files, and `infos`
    the source's PluginInfo by plugin_id.
    """
    tree = WorkingTree(opened)
    repositories: set[str] = set()
    for file in files:
        published = tree.info(file)
        plugin_id = str(published["plugin_id"])
        info = infos[plugin_id]
        yield from (f"{plugin_id}: {words}" for words in _between(info, published))
        repository = info.get("repository_info")
        if repository is not None and repository != published["repository_info"]:
            repositories.add(json.dumps(repository, ensure_ascii=False))
    if repositories:
        there = listed(sorted(repositories))
        yield f"repository_info was {there} there; here it is what catalog.yaml says"


def _between(info: JSONObject, published: JSONObject) -> Iterator[str]:
    """Yield the differences between a plugin there and here, except in fields outside its file."""
    for name, value in info.items():
        if name in ELSEWHERE or value in (None, ""):
            continue
        if name not in TAKEN:
            yield f"{name} is left out: a plugin has no such field"
        elif not is_same_json(published.get(name), value):
            yield f"{name} is not as it was there"
    if "created_at" not in info:
        return  # a request rather than PluginInfo: omitted fields have their defaults
    for name in sorted(published.keys() - info.keys() - ELSEWHERE):
        if published[name] not in ({}, []):
            yield f"{name} is {json.dumps(published[name])} here, and was not given there"
