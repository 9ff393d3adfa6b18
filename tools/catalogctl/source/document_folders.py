"""Read what people wrote about plugins beside their files: `docs/<plugin_id>/` and `icons/`.

Each file is read once, and only if it is a regular file; no link is followed (R-12).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.picture_formats import ENDINGS
from catalogctl.plugin_ids import is_plugin_id
from catalogctl.problem import Problem
from catalogctl.source.folder import Folder, Listing, Substitute

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DOCS, ICONS = "docs", "icons"
README, CHANGELOG = "README.md", "CHANGELOG.md"
TEXTS = (README, CHANGELOG)
MAX_TEXT_SIZE = 64 * 1024
MAX_PICTURE_SIZE = 1024 * 1024
MAX_PNG_SIZE = 256 * 1024
MAX_SVG_SIZE = 64 * 1024


@dataclass(frozen=True, slots=True)
class DocumentFolders:
    """The folders `docs/` and `icons/` of a catalog.

    `docs` and `icons` list their entries, `overlay` has the bytes of files of both that replace
    those on the disk, by path in the catalog. `substitutes` has entries of both folders as they
    were in another state of the catalog.
    """

    catalog: Path
    label: str
    docs: frozenset[str] = frozenset()
    icons: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    overlay: Mapping[str, bytes | None] = field(default_factory=dict)
    substitutes: Mapping[str, Substitute] = field(default_factory=dict)

    def has(self, plugin_id: str) -> bool:
        """Return whether there may be anything of a plugin."""
        return plugin_id in self.docs or plugin_id in self.icons

    @property
    def plugin_ids(self) -> frozenset[str]:
        """The names of all plugins that may have something."""
        return self.docs | self.icons.keys()

    def folder(self, name: str) -> Folder:
        """Return a folder by its path in the catalog."""
        label = f"{self.label}/{name}" if self.label else name
        above, _, own = name.partition("/")
        substitute = self.substitutes.get(above, Substitute())
        overlay = overlay_of(self.overlay, name)
        if not own:
            return Folder(self.catalog, name, label, overlay, substitute)
        is_other = own in substitute.names
        return Folder(
            Path(substitute.path).parent if is_other else self.catalog, name, label, overlay
        )

    def listings(self, plugin_id: str) -> Iterator[tuple[Folder, Listing]]:
        """Yield the folders that have files of a plugin, with these files."""
        if plugin_id in self.docs:
            folder = self.folder(f"{DOCS}/{plugin_id}")
            yield folder, folder.listing_of(_not_a_document)
        if plugin_id in self.icons:
            yield self.folder(ICONS), Listing(tuple(self.icons[plugin_id]), ())


class PluginFile(NamedTuple):
    """A file of a plugin: its path in the catalog, its name in reports, and its bytes."""

    path: str
    file: str
    data: bytes


class ReadDocuments(NamedTuple):
    """Everything that was read of a plugin; `problems` are those of what could not be read."""

    texts: Mapping[str, PluginFile]
    pictures: Mapping[str, PluginFile]
    icons: Sequence[PluginFile]
    problems: Sequence[Problem]

    @property
    def is_whole(self) -> bool:
        """Whether everything could be read."""
        return not self.problems

    @property
    def files(self) -> list[PluginFile]:
        """All files."""
        return [*self.texts.values(), *self.pictures.values(), *self.icons]


def document_folders(
    catalog: Path,
    label: str,
    overlay: Mapping[str, bytes | None],
    substitutes: Mapping[str, Substitute],
) -> DocumentFolders:
    """List the folders of documents and icons of a catalog."""
    folders = DocumentFolders(catalog, label, overlay=overlay, substitutes=substitutes)
    docs, icons = folders.folder(DOCS), folders.folder(ICONS)
    found, pictures = docs.subfolders(_not_a_plugin), icons.listing_of(_not_an_icon)
    added = {PurePosixPath(path).parts[1] for path in overlay if path.startswith(f"{DOCS}/")}
    by_plugin: dict[str, list[str]] = {}
    for name in pictures.names:
        by_plugin.setdefault(name.rpartition(".")[0], []).append(name)
    return DocumentFolders(
        catalog,
        label,
        frozenset({*found.names, *added}),
        by_plugin,
        (*found.problems, *pictures.problems),
        overlay,
        substitutes,
    )


def read_documents(folders: DocumentFolders, plugin_id: str) -> ReadDocuments:
    """Read all that people wrote about a plugin beside its file."""
    read: list[PluginFile] = []
    problems: list[Problem] = []
    for folder, listing in folders.listings(plugin_id):
        problems.extend(listing.problems)
        for name in listing.names:
            data = folder.read(name, largest(name, is_icon=folder.name == ICONS))
            if isinstance(data, Problem):
                problems.append(data)
            else:
                read.append(PluginFile(f"{folder.name}/{name}", folder.file(name), data))
    named = {each.path.rpartition("/")[2]: each for each in read if not _is_icon(each)}
    texts = {name: each for name, each in named.items() if name in TEXTS}
    pictures = {name: each for name, each in named.items() if name not in TEXTS}
    return ReadDocuments(texts, pictures, [each for each in read if _is_icon(each)], problems)


def _is_icon(file: PluginFile) -> bool:
    return file.path.startswith(f"{ICONS}/")


def plugin_id_of(path: str) -> str | None:
    """Return the plugin that a document or an icon belongs to, by its path in the catalog."""
    parts = PurePosixPath(path).parts
    if len(parts) == 3 and parts[0] == DOCS and not _not_a_document(parts[2]):  # noqa: PLR2004
        return parts[1] if is_plugin_id(parts[1]) else None
    if len(parts) == 2 and parts[0] == ICONS and not _not_an_icon(parts[1]):  # noqa: PLR2004
        return parts[1].rpartition(".")[0]
    return None


def largest(name: str, *, is_icon: bool) -> int:
    """Return the size in bytes of the largest file of this name."""
    if is_icon:
        return MAX_SVG_SIZE if name.endswith(".svg") else MAX_PNG_SIZE
    return MAX_TEXT_SIZE if name in TEXTS else MAX_PICTURE_SIZE


def overlay_of(overlay: Mapping[str, bytes | None], folder: str) -> dict[str, bytes | None]:
    """Return the part of an overlay for one folder, by file name."""
    paths = {PurePosixPath(path): data for path, data in overlay.items()}
    return {path.name: data for path, data in paths.items() if path.parent == PurePosixPath(folder)}


def _not_a_plugin(name: str) -> tuple[str, str] | None:
    """Return what is wrong with the name of a folder in `docs/`."""
    if is_plugin_id(name):
        return None
    return "only folders named after a plugin belong here", "name it by the plugin_id, or remove it"


def _not_a_document(name: str) -> tuple[str, str] | None:
    """Return what is wrong with a file's name in the folder of a plugin's documents."""
    stem, _, ending = name.rpartition(".")
    if name in TEXTS or (stem and ending in ENDINGS):
        return None
    meant = next((each for each in TEXTS if each.lower() == name.lower()), None)
    hint = f"rename it to {meant}" if meant else "move it out of this folder"
    endings = ", ".join(f"*.{each}" for each in ENDINGS)
    return f"only {README}, {CHANGELOG} and pictures ({endings}) belong here", hint


def _not_an_icon(name: str) -> tuple[str, str] | None:
    """Return what is wrong with a file's name in the folder of icons."""
    stem, _, ending = name.rpartition(".")
    if is_plugin_id(stem) and ending in ("svg", "png"):
        return None
    message = "only <plugin_id>.svg and <plugin_id>.png belong here"
    return message, "name it by the plugin_id, or move it out of this folder"
