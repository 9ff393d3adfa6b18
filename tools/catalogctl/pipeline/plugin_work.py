"""Check a plugin, and write its files: the work of a build that is done once for each plugin.

Processes that are forked use what their parent has opened. Elsewhere a `...There` opens the
catalog, once in each process, from the same folder (docs/scale.md).
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from catalogctl.content_hash import combined, content_digest
from catalogctl.errors import OutsideError
from catalogctl.model.assemble import info_of, plugin
from catalogctl.model.plugin_summary import PluginSummary, VersionsSummary
from catalogctl.pipeline.check_files import check_file_without_lock, check_plugin_lock
from catalogctl.pipeline.document_checks import documents_as_checked
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.summaries import summarize_file
from catalogctl.problem import Problem, has_errors
from catalogctl.publish.plugin_files import plugin_files
from catalogctl.publish.site.site_context import open_site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.files import SharedTree
    from catalogctl.pipeline.check_files import FileCheck
    from catalogctl.pipeline.file_dates import PluginDates
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.pipeline.source_states import SourceState
    from catalogctl.publish.build_context import BuildContext
    from catalogctl.publish.journal_files import Entry
    from catalogctl.publish.site.related import Neighbours
    from catalogctl.publish.site.site_context import Site


class Tree(Protocol):
    """Where files are written."""

    def write(self, path: str, data: bytes) -> bytes:
        """Write a file and return its manifest row."""
        ...


@dataclass(frozen=True, slots=True)
class PluginToWrite:
    """A plugin, and everything that its files show beside its file and its lock.

    `segments` are the path segments of its values, `neighbours` and `entries` what its page and its
    feed take from other plugins and from the journal. `documents` identifies its documents and its
    icon, as they were checked.
    """

    summary: PluginSummary
    segments: Mapping[tuple[str, str], str]
    neighbours: Neighbours
    entries: Sequence[Entry]
    documents: bytes


class WrittenPlugin(msgspec.Struct, frozen=True, gc=False):
    """A worker's result for a plugin: a summary of its lock, and its files' manifest rows.

    `lock` identifies the content of the lock, if there is one. If the lock has errors, only its
    problems are present.
    """

    versions: VersionsSummary | None
    rows: tuple[bytes, ...]
    problems: tuple[Problem, ...]
    lock: bytes | None


@dataclass(frozen=True, slots=True)
class CheckPlugin:
    """Check a plugin file of a catalog, and summarize it."""

    opened: OpenCatalog

    def __call__(self, dates: PluginDates) -> FileCheck[PluginSummary]:
        """Return the result for the plugin file that has these dates."""
        info = self.opened.settings.repository_info
        return check_file_without_lock(
            self.opened,
            dates.name,
            lambda file, icon_path: summarize_file(file, info, dates, icon_path),
        )


@dataclass(frozen=True, slots=True)
class WritePlugin:
    """Check a plugin's lock, read its documents again, and write the plugin's files."""

    opened: OpenCatalog
    site: Site
    tree: Tree

    def __call__(self, given: PluginToWrite) -> WrittenPlugin:
        """Return the result for a checked plugin."""
        info = info_of(given.summary)
        lock, problems = check_plugin_lock(self.opened, given.summary.plugin_id, info)
        digest = None if lock is None else content_digest(lock.data)
        if has_errors(problems):
            return WrittenPlugin(None, (), tuple(problems), digest)
        documents = documents_as_checked(self.opened, given.summary.plugin_id, given.documents)
        whole = plugin(given.summary, lock, info, documents)
        site = replace(self.site, segments=given.segments, neighbours=lambda _: given.neighbours)
        files = plugin_files(site, whole, given.entries)
        rows = tuple([self.tree.write(*file) for file in files])
        return WrittenPlugin(whole.summary.versions, rows, tuple(problems), digest)


@dataclass(frozen=True, slots=True)
class CatalogPlace:
    """Where a catalog is on every machine of a cluster.

    `label` is its name in reports, `top` identifies catalog.yaml, templates and logo, `build` the
    build: another one opens the catalog anew.
    """

    path: str
    label: str
    top: bytes
    build: str


def place_of(opened: OpenCatalog) -> CatalogPlace:
    """Return where other machines find an open catalog."""
    path, label = os.path.realpath(opened.path), opened.top_folder.label
    return CatalogPlace(path, label, _top(opened), secrets.token_hex(8))


@dataclass(frozen=True, slots=True)
class CheckThere:
    """`CheckPlugin` in a process that has nothing open."""

    catalog: CatalogPlace

    def __call__(self, dates: PluginDates) -> FileCheck[PluginSummary]:
        """Return the result for the plugin file that has these dates."""
        return CheckPlugin(_opened(self.catalog))(dates)


@dataclass(frozen=True, slots=True)
class WriteThere:
    """`WritePlugin` in a process that has nothing open."""

    catalog: CatalogPlace
    tree: SharedTree
    context: BuildContext = field(compare=False)

    def __call__(self, given: PluginToWrite) -> WrittenPlugin:
        """Return the result for a checked plugin."""
        return _writer(self)(given)


@lru_cache(maxsize=1)
def _opened(place: CatalogPlace) -> OpenCatalog:
    """Open a catalog, once in each process. Raise OutsideError if it is not the same."""
    opened = open_catalog(Path(place.path), label=place.label)
    if _top(opened) != place.top:
        raise OutsideError(_differs(f"{place.path}/catalog.yaml, a template or the logo"))
    return opened


@lru_cache(maxsize=1)
def _writer(there: WriteThere) -> WritePlugin:
    opened = _opened(there.catalog)
    there.tree.check()
    top = opened.top
    site = open_site(there.context, {}, logo=top.logo, own_site=top.own_site)
    return WritePlugin(opened, site, there.tree)


def _top(opened: OpenCatalog) -> bytes:
    return combined(opened.settings, opened.top.own_site, opened.top.logo)


def check_same(file: str, state: SourceState | None, digest: bytes | None) -> None:
    """Raise OutsideError unless a worker read the content that the build found in a file."""
    if state is not None and state.digest != digest:
        raise OutsideError(_differs(file))


def _differs(what: str) -> str:
    return f"{what} is not the same for a worker: it needs the same folder, under the same path"
