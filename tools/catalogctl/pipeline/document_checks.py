"""Check the documents and the icon of a plugin, and find out whether they changed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.content_hash import combined, content_digest
from catalogctl.errors import OutsideError
from catalogctl.model.plugin_documents import PluginDocuments, plugin_documents
from catalogctl.pipeline.source_states import ReadState, stamp_of
from catalogctl.problem import Problem, has_errors
from catalogctl.source.document_folders import DOCS, ICONS, largest, read_documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.document_folders import ReadDocuments
    from catalogctl.source.folder import Folder

NOTHING = b""
"""Identifies what a plugin has that has neither documents nor an icon."""
UNREADABLE = b"unreadable"
"""Stands for the content of what can't be read; it is never the same as any other."""


class DocumentsCheck(NamedTuple):
    """The result of checking what people wrote about a plugin beside its file.

    `icon_path` is the path of its icon in the tree, "" without one. `digest` identifies everything
    that was read, `files` is its number.
    """

    icon_path: str
    problems: tuple[Problem, ...]
    digest: bytes
    files: int


NO_DOCUMENTS = DocumentsCheck("", (), NOTHING, 0)


class DocumentState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A file of a plugin: its path in the catalog, and how it was read."""

    path: str
    state: ReadState


class DocumentStates(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All files of a plugin beside its own, as they were read; `is_whole` if all could be read."""

    files: tuple[DocumentState, ...] = ()
    is_whole: bool = True

    @property
    def digest(self) -> bytes:
        """What identifies the content of all files."""
        if not self.is_whole:
            return UNREADABLE
        return _digest((each.path, each.state.digest) for each in self.files)


NO_STATES = DocumentStates()


def check_plugin_documents(opened: OpenCatalog, plugin_id: str) -> DocumentsCheck:
    """Read and check the documents and the icon of a plugin."""
    if not opened.documents.has(plugin_id):
        return NO_DOCUMENTS
    from catalogctl.validate.document_rules import check_documents

    read = read_documents(opened.documents, plugin_id)
    problems = tuple(check_documents(plugin_id, read, opened.settings))
    icon = None if has_errors(problems) else plugin_documents(plugin_id, read).icon
    return DocumentsCheck(icon.path if icon else "", problems, _digest_of(read), len(read.files))


def documents_as_checked(opened: OpenCatalog, plugin_id: str, digest: bytes) -> PluginDocuments:
    """Read the documents of a checked plugin. Raise OutsideError if they changed since."""
    if not opened.documents.has(plugin_id):
        return PluginDocuments()
    read = read_documents(opened.documents, plugin_id)
    if _digest_of(read) != digest:
        folder = f"{DOCS}/{plugin_id}/ or {ICONS}/"
        raise OutsideError(f"{folder} changed while the catalog was being built: build it again")
    return plugin_documents(plugin_id, read)


def check_orphan_documents(opened: OpenCatalog) -> Iterator[Problem]:
    """Yield the problems of documents and icons without a plugin file."""
    for plugin_id in opened.orphan_documents:
        from catalogctl.validate.document_rules import orphan

        read = read_documents(opened.documents, plugin_id)
        yield from read.problems
        for file in read.files[:1]:
            yield orphan(file, plugin_id)


def document_states(
    opened: OpenCatalog, plugin_ids: Iterable[str], known: Mapping[str, DocumentStates]
) -> dict[str, DocumentStates]:
    """Return the states of the documents of those plugins that have any.

    `known` has states of an earlier build. A file is read only if it may have changed since.
    """
    folders = opened.documents
    return {
        plugin_id: _states(opened, plugin_id, known.get(plugin_id) or NO_STATES)
        for plugin_id in plugin_ids
        if folders.has(plugin_id)
    }


def _states(opened: OpenCatalog, plugin_id: str, known: DocumentStates) -> DocumentStates:
    before = {each.path: each.state for each in known.files}
    found: list[DocumentState] = []
    is_whole = True
    for folder, listing in opened.documents.listings(plugin_id):
        is_whole = is_whole and not listing.problems
        for name in listing.names:
            path = f"{folder.name}/{name}"
            state = _state(folder, name, before.get(path))
            if state is None:
                is_whole = False
            else:
                found.append(DocumentState(path, state))
    return DocumentStates(tuple(found), is_whole)


def _state(folder: Folder, name: str, before: ReadState | None) -> ReadState | None:
    """Return the state of a file, None if it can't be read."""
    stamp = None if folder.is_overlaid(name) else stamp_of(f"{folder.path}/{name}")
    if stamp is None:
        return None
    if before is not None and before.still_describes(stamp):
        return before
    read_at = time.time_ns()
    data = folder.read(name, largest(name, is_icon=folder.name == ICONS))
    return None if isinstance(data, Problem) else ReadState(stamp, read_at, content_digest(data))


def _digest_of(read: ReadDocuments) -> bytes:
    """Return what identifies everything that was read, as `DocumentStates.digest` does."""
    if read.is_whole:
        return _digest((each.path, content_digest(each.data)) for each in read.files)
    return UNREADABLE


def _digest(files: Iterable[tuple[str, bytes]]) -> bytes:
    found = sorted(files)
    return combined(found) if found else NOTHING
