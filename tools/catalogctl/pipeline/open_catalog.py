"""Open a catalog: read its settings and list its files, with what is wrong there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.problem import Problem
from catalogctl.publish.site.overrides import read_own_site
from catalogctl.schemas import schema
from catalogctl.source.document import Document, parse
from catalogctl.source.folder import (
    IMPORTED_FILE,
    MAX_IMPORTED_SIZE,
    SETTINGS_FILE,
    Folder,
    Listing,
    label_of,
)
from catalogctl.source.merge_conflicts import MESSAGE, first_conflict
from catalogctl.source.settings import Settings
from catalogctl.source.settings import settings as read_settings
from catalogctl.validate.finding import Finding, place
from catalogctl.validate.message_schemas import compiled, violations
from catalogctl.validate.settings_rules import check_settings
from catalogctl.validate.spelling import settings_as_meant
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.site.overrides import OwnSite

SITE_FOLDER = "site"
MAX_LOGO_SIZE = 1024 * 1024


class TopFiles(NamedTuple):
    """What is read of a catalog beside its plugins, locks and queries, and counted as files."""

    settings: Settings
    logo: bytes | None
    own_site: OwnSite
    problems: tuple[Problem, ...]
    files: int


@dataclass(frozen=True, slots=True)
class OpenCatalog:
    """A catalog whose settings are read and whose files are listed; no plugin is read yet.

    `problems` are those of catalog.yaml, imported.json and of what lies where it should not;
    `files` counts what was read so far. `touched` has, by path in the catalog, a higher number for
    a file that is known to have come later: so the other one of two is in the right.
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
    touched: Mapping[str, int]

    @property
    def settings(self) -> Settings:
        """What catalog.yaml says, as far as it can be read."""
        return self.top.settings

    @property
    def plugin_ids(self) -> list[str]:
        """The ids of the plugins that have a file."""
        return [name.removesuffix(".yaml") for name in self.plugins.names]

    @property
    def orphan_locks(self) -> list[str]:
        """The names of the locks that belong to no plugin file, sorted."""
        return sorted(self.locks - {f"{plugin_id}.json" for plugin_id in self.plugin_ids})


def open_catalog(
    path: Path, working: Path | None = None, *, label: str | None = None
) -> OpenCatalog:
    """Open the catalog in the folder `path`; reports name files relative to `working`.

    `label` is how they name the folder where it stands in for another one.
    """
    if label is None:
        label = label_of(path, working or Path.cwd())
    settings, logo, problems = _settings(Folder(path, "", label))
    own_site, own_problems, own_files = read_own_site(path, label)
    top = TopFiles(settings, logo, own_site, (*problems, *own_problems), 1 + own_files)
    return _listed(path, label, top, {})


def with_changes(opened: OpenCatalog, overlay: Mapping[str, bytes | None]) -> OpenCatalog:
    """Return a catalog as it would be after a change of its plugins, locks or imported.json.

    `overlay` has, by path in the catalog, bytes that count in place of a file's own; None is no
    file.
    """
    return _listed(opened.path, opened.top_folder.label, opened.top, overlay)


def _listed(
    path: Path, label: str, top: TopFiles, overlay: Mapping[str, bytes | None]
) -> OpenCatalog:
    """List the files of a catalog whose top files are read."""
    below = f"{label}/" if label else ""
    top_folder, plugin_folder, lock_folder, query_folder = (
        Folder(path, name, below + name if name else label, _below(overlay, name))
        for name in ("", "plugins", "versions", "queries")
    )
    imported, imported_problems, imported_files = _imported(top_folder)
    plugins = plugin_folder.listing(".yaml")
    locks = lock_folder.listing(".json")
    queries = query_folder.listing(".yaml")
    strays = (*plugins.problems, *locks.problems, *queries.problems)
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
        touched=dict.fromkeys(overlay, 1),
    )


def _below(overlay: Mapping[str, bytes | None], folder: str) -> dict[str, bytes | None]:
    """Return what stands in for the files of one folder, by their names in it."""
    paths = {PurePosixPath(path): data for path, data in overlay.items()}
    return {path.name: data for path, data in paths.items() if path.parent == PurePosixPath(folder)}


def _settings(top: Folder) -> tuple[Settings, bytes | None, list[Problem]]:
    """Read catalog.yaml and the logo it names: what can be read counts, the rest is reported."""
    data = top.read(SETTINGS_FILE)
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


def _logo(top: Folder, name: str) -> bytes | Problem:
    """Read the logo, a file in the catalog's site/; no link on the way is followed (R-12)."""
    file = Path(os.path.realpath(top.path), SITE_FOLDER, name)
    if file.parent != Path(os.path.realpath(file.parent)):
        return Problem(name, 1, 1, "file-inside", "", "a symbolic link is never followed")
    return Folder(file.parent, "", "").read(file.name, MAX_LOGO_SIZE)


def _imported(top: Folder) -> tuple[dict[str, JSONObject], list[Problem], int]:
    """Read imported.json, when there is one: plugin_id → the dates it brought along."""
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
