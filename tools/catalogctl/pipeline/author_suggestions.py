"""Suggest to authors what their plugins lack (`validate --suggest`, and the preview)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.lock import Lock, read
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.problem import Problem, has_errors
from catalogctl.source.document import read as read_document
from catalogctl.source.document_folders import README
from catalogctl.source.folder import MAX_LOCK_SIZE
from catalogctl.validate import check_plugin
from catalogctl.validate.suggestions import Beside, suggestions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from catalogctl.pipeline.open_catalog import OpenCatalog


def suggest_for_all(path: Path, working: Path | None = None) -> tuple[Problem, ...]:
    """Return what the plugins of a catalog lack; reports name files relative to `working`."""
    opened = open_catalog(path, working)
    return tuple(suggest(opened, opened.plugin_ids))


def suggest(opened: OpenCatalog, plugin_ids: Iterable[str]) -> Iterator[Problem]:
    """Yield what these plugins lack; a file with errors has to be corrected first."""
    for plugin_id in plugin_ids:
        document = read_document(opened.plugin_folder, f"{plugin_id}.yaml")
        if not has_errors(check_plugin(document, opened.settings)[1]):
            yield from suggestions(document, _beside(opened, plugin_id))


def _beside(opened: OpenCatalog, plugin_id: str) -> Beside:
    """Return what a plugin has beside its file."""
    names = [name for _, listing in opened.documents.listings(plugin_id) for name in listing.names]
    return Beside(
        has_readme=README in names,
        has_icon=plugin_id in opened.documents.icons,
        has_version=_has_version(opened, plugin_id),
    )


def _has_version(opened: OpenCatalog, plugin_id: str) -> bool:
    name = f"{plugin_id}.json"
    if name not in opened.locks:
        return False
    data = opened.lock_folder.read(name, MAX_LOCK_SIZE)
    lock = None if isinstance(data, Problem) else read(data)
    return isinstance(lock, Lock) and bool(lock.versions)
