"""Open a catalog: read its settings, list its files, and collect their problems."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.files.tree_paths import TRUST
from catalogctl.problem import Problem
from catalogctl.publish.site.overrides import read_own_site
from catalogctl.schemas import schema
from catalogctl.source.document import Document, parse
from catalogctl.source.document_folders import (
    DOCS,
    ICONS,
    DocumentFolders,
    document_folders,
    overlay_of,
)
from catalogctl.source.folder import (
    IMPORTED_FILE,
    MAX_IMPORTED_SIZE,
    SETTINGS_FILE,
    Folder,
    Listing,
    Substitute,
    label_of,
)
from catalogctl.source.merge_conflicts import MESSAGE, first_conflict
from catalogctl.source.settings import Settings
from catalogctl.source.settings import settings as read_settings
from catalogctl.source.upstream_files import UPSTREAM, UpstreamFolders, upstream_folders
from catalogctl.validate.finding import Finding, place
from catalogctl.validate.message_schemas import compiled, violations
from catalogctl.validate.settings_rules import check_settings
from catalogctl.validate.spelling import settings_as_meant
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.site.overrides import OwnSite

SITE_FOLDER = "site"
_FOLDERS = ("", "plugins", "versions", "queries")
MAX_LOGO_SIZE = 1024 * 1024
FIRST_ROOT = "1.root.json"


class TopFiles(NamedTuple):
    """The files of a catalog other than plugins, locks, and queries; `files` is their number.

    `written` has the bytes of catalog.yaml, b"" if it can't be read, `settings` what they say.
    `root_sha256` is the hash of the first root of a signed catalog, which never changes.
    """

    settings: Settings
    written: bytes
    logo: bytes | None
    own_site: OwnSite
    problems: tuple[Problem, ...]
    files: int
    root_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class OpenCatalog:
    """A catalog whose settings are read and whose files are listed; no plugin is read yet.

    `problems` are those of catalog.yaml, imported.json, and misplaced files; `files` is the number
    of files read so far. `touched` maps paths in the catalog to a number that is higher for files
    known to have come later: in a conflict, the other file is valid.
    """

    path: Path
    top: TopFiles
    problems: tuple[Problem, ...]
    files: int
    plugins: Listing
    locks: frozenset[str]
    queries: Listing
    imported: Mapping[str, JSONObject]
    top_folder: Folder
    plugin_folder: Folder
    lock_folder: Folder
    query_folder: Folder
    documents: DocumentFolders
    upstreams: UpstreamFolders
    touched: Mapping[str, int]

    @property
    def settings(self) -> Settings:
        """The settings in catalog.yaml, as far as it can be read."""
        return self.top.settings

    def labelled(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return kept problems with the names that their files have in this run's reports."""
        top = self.top_folder
        return tuple([replace(each, file=top.file(each.file)) for each in problems])

    def unlabelled(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return problems whose files are named relative to the catalog, to be kept."""
        start = self.top_folder.file("")
        return tuple([replace(each, file=each.file.removeprefix(start)) for each in problems])

    @property
    def plugin_ids(self) -> list[str]:
        """The ids of all plugins with a file."""
        return [name.removesuffix(".yaml") for name in self.plugins.names]

    @property
    def orphan_locks(self) -> list[str]:
        """The sorted names of the locks without a plugin file."""
        return sorted(self.locks - {f"{plugin_id}.json" for plugin_id in self.plugin_ids})

    @property
    def orphan_documents(self) -> list[str]:
        """The sorted names of documents and icons without a plugin file."""
        return sorted(self.documents.plugin_ids.difference(self.plugin_ids))


def open_catalog(
    path: Path, working: Path | None = None, *, label: str | None = None
) -> OpenCatalog:
    """Open the catalog in the folder `path`; reports name files relative to `working`.

    `label` is the folder's name in reports if it differs, as for a temporary copy.
    """
    if label is None:
        label = label_of(path, working or Path.cwd())
    top_folder = Folder(path, "", label)
    data = top_folder.read(SETTINGS_FILE)
    settings, logo, problems = _settings(top_folder, data)
    written = b"" if isinstance(data, Problem) else data
    own_site, own_problems, own_files = read_own_site(path, label)
    root = _first_root(Folder(path, TRUST, f"{label}/{TRUST}" if label else TRUST))
    if isinstance(root, Problem):
        own_problems.append(root)
    top = TopFiles(
        settings,
        written,
        logo,
        own_site,
        (*problems, *own_problems),
        1 + own_files + (root is not None),
        hashlib.sha256(root).hexdigest() if isinstance(root, bytes) else None,
    )
    return _listed(path, label, top, {})


def with_changes(opened: OpenCatalog, overlay: Mapping[str, bytes | None]) -> OpenCatalog:
    """Return a catalog as it would be after a change of its plugins, locks, or imported.json.

    `overlay` maps paths in the catalog to bytes to use instead of the file's own; None means no
    file.
    """
    return _listed(opened.path, opened.top_folder.label, opened.top, overlay)


def with_substitutes(opened: OpenCatalog, folder: Path, places: Collection[str]) -> OpenCatalog:
    """Return a catalog in another state, in which these entries are those of another folder.

    `places` are imported.json and entries of the folders of plugins, locks, queries, documents,
    icons and upstreams, by path in the catalog. What `folder` does not have does not exist.
    """
    substitutes = {
        name: Substitute(str(folder / name), frozenset(_names_below(places, name)))
        for name in (*_FOLDERS, DOCS, ICONS, UPSTREAM)
    }
    return _listed(opened.path, opened.top_folder.label, opened.top, {}, substitutes)


def _listed(
    path: Path,
    label: str,
    top: TopFiles,
    overlay: Mapping[str, bytes | None],
    substitutes: Mapping[str, Substitute] = MappingProxyType({}),
) -> OpenCatalog:
    """Return an open catalog: list the files of one whose top files are read."""
    below = f"{label}/" if label else ""
    top_folder, plugin_folder, lock_folder, query_folder = (
        Folder(
            path,
            name,
            below + name if name else label,
            overlay_of(overlay, name),
            substitutes.get(name, Substitute()),
        )
        for name in _FOLDERS
    )
    imported, imported_problems, imported_files = read_imported(top_folder)
    plugins = plugin_folder.listing(".yaml")
    locks = lock_folder.listing(".json")
    queries = query_folder.listing(".yaml")
    documents = document_folders(path, label, overlay, substitutes)
    strays = (*plugins.problems, *locks.problems, *queries.problems, *documents.problems)
    return OpenCatalog(
        path=path,
        top=top,
        problems=(*top.problems, *imported_problems, *strays),
        files=top.files + imported_files,
        plugins=plugins,
        locks=frozenset(locks.names),
        queries=queries,
        imported=imported,
        top_folder=top_folder,
        plugin_folder=plugin_folder,
        lock_folder=lock_folder,
        query_folder=query_folder,
        documents=documents,
        upstreams=upstream_folders(path, label, substitutes.get(UPSTREAM, Substitute())),
        touched=dict.fromkeys(overlay, 1),
    )


def _names_below(places: Iterable[str], folder: str) -> Iterator[str]:
    """Yield the names of those entries that a folder has itself."""
    for each in places:
        above, _, name = each.rpartition("/")
        if above == folder:
            yield name


def _settings(top: Folder, data: bytes | Problem) -> tuple[Settings, bytes | None, list[Problem]]:
    """Read the bytes of catalog.yaml, and the logo; return what can be read, and problems."""
    file = top.file(SETTINGS_FILE)
    if isinstance(data, Problem):
        hint = "write catalog.yaml with repository: {repository_id, name, repository_type}"
        problem = Problem(file, 1, 1, "settings-missing", "", data.message, hint)
        return Settings(), None, [problem]
    document = parse(file, "catalog", data)
    read = read_settings(settings_as_meant(document.value, schema("CatalogSettings")))
    problems = check_settings(document, read)
    if read.site.logo is None or any(each.pointer == "/site/logo" for each in problems):
        return read, None, problems
    logo = _logo(top, read.site.logo)
    if isinstance(logo, Problem):
        hint = f"put the picture into {SITE_FOLDER}/ beside catalog.yaml"
        message = f"{verbatim(read.site.logo)} can't be used: {logo.message}"
        problem = place("file-inside", Finding("/site/logo", message, hint), document)
        return read, None, sorted([*problems, problem])
    return read, logo, problems


def _first_root(folder: Folder) -> bytes | Problem | None:
    """Return the first root of a signed catalog, None if the catalog is not signed."""
    return folder.read(FIRST_ROOT) if folder.has(FIRST_ROOT) else None


def _logo(top: Folder, name: str) -> bytes | Problem:
    """Read the logo, a file in the catalog's site/, without following any link (R-12)."""
    file = Path(os.path.realpath(top.path), SITE_FOLDER, name)
    if file.parent != Path(os.path.realpath(file.parent)):
        return Problem(name, 1, 1, "file-inside", "", "a symbolic link is never followed")
    return Folder(file.parent, "", "").read(file.name, MAX_LOGO_SIZE)


def read_imported(top: Folder) -> tuple[dict[str, JSONObject], list[Problem], int]:
    """Return imported.json, plugin_id → the import dates, its problems and the number of files."""
    file = top.file(IMPORTED_FILE)
    if not top.has(IMPORTED_FILE):
        return {}, [], 0
    data = top.read(IMPORTED_FILE, MAX_IMPORTED_SIZE)
    if isinstance(data, Problem):
        return {}, [data], 1
    hint = "write it anew with catalogctl import, or bring it back from git"
    try:
        value: JSON = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        line = first_conflict(data)
        message = MESSAGE if line else "this is not JSON"
        return {}, [Problem(file, line or 1, 1, "imported-broken", "", message, hint)], 1
    if compiled("Imported").is_valid(value) and isinstance(value, dict):
        return {name: each for name, each in value.items() if isinstance(each, dict)}, [], 1
    document = Document(file, "imported", {}, data)
    problems = {
        place("imported-broken", finding._replace(hint=finding.hint or hint), document)
        for finding in violations("Imported", value)
    }
    return {}, sorted(problems), 1
