"""Open the two states of a catalog to compare, without checking out what they have in common.

A file that git reports as unchanged is read from the work tree. What a commit has instead of the
other files is written to a temporary folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.pipeline.open_catalog import SITE_FOLDER, open_catalog, with_substitutes
from catalogctl.source.document_folders import DOCS, ICONS
from catalogctl.source.folder import IMPORTED_FILE, SETTINGS_FILE
from catalogctl.source.git_diff import changed_files, ignored_files, write_committed
from catalogctl.source.upstream_files import UPSTREAM

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.git import Git
    from catalogctl.source.git_diff import ChangedFile

_ENDINGS = {"plugins": ".yaml", "versions": ".json", "queries": ".yaml"}
_REPLACEABLE = frozenset((*_ENDINGS, DOCS, ICONS, UPSTREAM))
"""The folders whose entries can be replaced one by one."""


@dataclass(frozen=True, slots=True)
class ComparedPlace:
    """Where a catalog is: its folder, in the repository whose top is `root`.

    `label` is the catalog's name in reports.
    """

    git: Git
    root: Path
    catalog: Path
    label: str

    def below(self, path: str) -> str:
        """Return a path in the repository relative to the catalog, "" if it is outside."""
        above = self.catalog.resolve().relative_to(self.root).as_posix()
        if above == ".":
            return path
        return path.removeprefix(f"{above}/") if path.startswith(f"{above}/") else ""


@dataclass(frozen=True, slots=True)
class States:
    """Two open states of a catalog, and the files of the repository that differ.

    `touched` are the plugins that may differ: their files or documents do, or something that all
    depend on.
    """

    old: OpenCatalog
    new: OpenCatalog
    changed: Sequence[ChangedFile]
    touched: frozenset[str]


def open_states(place: ComparedPlace, base: str, head: str | None, folder: Path) -> States:
    """Open the catalog of the commit `base`, and of the commit `head` or the work tree.

    `folder` is an empty one, to keep until both have been read.
    """
    changed = changed_files(place.git, base, head)
    present = open_catalog(place.catalog, label=place.label)
    if head is None:
        differing = _entries(place, changed)
        old, new = _committed(present, place, base, differing, folder / "base"), present
    else:
        before, after = (
            _entries(place, changed_files(place.git, commit)) for commit in (base, head)
        )
        old = _committed(present, place, base, before, folder / "base")
        new = _committed(present, place, head, after, folder / "head")
        differing = before | after
    if not _is_partial(differing):
        return States(old, new, changed, frozenset((*old.plugin_ids, *new.plugin_ids)))
    dated = {
        stem
        for stem in old.imported.keys() | new.imported.keys()
        if old.imported.get(stem) != new.imported.get(stem)
    }
    return States(old, new, changed, frozenset((*_stems(differing), *dated)))


def _entries(place: ComparedPlace, changed: Iterable[ChangedFile]) -> set[str]:
    """Return the entries of the catalog's folders that contain changed or ignored files."""
    paths = (*(place.below(each.path) for each in changed), *ignored_files(place.git))
    return {"/".join(path.split("/")[:2]) for path in paths if path}


def _is_partial(places: Collection[str]) -> bool:
    """Return whether only entries differ that can be replaced one by one."""
    whole = {SETTINGS_FILE, SITE_FOLDER, *_REPLACEABLE}
    return not any(each in whole or each.startswith(f"{SITE_FOLDER}/") for each in places)


def _committed(
    present: OpenCatalog,
    place: ComparedPlace,
    commit: str,
    differing: Collection[str],
    folder: Path,
) -> OpenCatalog:
    """Open the catalog of a commit, which differs from the work tree in these entries."""
    folder.mkdir()
    if not _is_partial(differing):
        write_committed(place.git, commit, folder)
        return open_catalog(folder, label=place.label)
    ours = {
        each for each in differing if each == IMPORTED_FILE or each.split("/")[0] in _REPLACEABLE
    }
    write_committed(place.git, commit, folder, ours)
    return with_substitutes(present, folder, ours)


def _stems(places: Iterable[str]) -> Iterator[str]:
    """Yield the plugins whose file, lock, documents or icon are among these entries."""
    for place in places:
        folder, _, name = place.partition("/")
        if folder in {"plugins", "versions"}:
            yield name.removesuffix(_ENDINGS[folder])
        elif folder in {DOCS, ICONS}:
            yield name if folder == DOCS else name.rpartition(".")[0]
