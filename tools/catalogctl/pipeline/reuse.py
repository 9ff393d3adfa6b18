"""Decide what of the last build of a catalog still holds in the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.content_hash import combined
from catalogctl.files import row
from catalogctl.pipeline.check_files import FileCheck
from catalogctl.pipeline.document_checks import NO_STATES, document_states
from catalogctl.pipeline.plugin_records import KnownFile, PluginRecord
from catalogctl.pipeline.source_states import source_states
from catalogctl.publish.build_context import LazyFile, with_bytes
from catalogctl.publish.manifest import row_path
from catalogctl.source.folder import MAX_LOCK_SIZE, MAX_YAML_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catalogctl.files import StagedTree
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.document_checks import DocumentStates
    from catalogctl.pipeline.file_dates import FileDates
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.pipeline.plugin_records import CachedBuild, LastBuild
    from catalogctl.pipeline.source_states import SourceState
    from catalogctl.problem import Problem
    from catalogctl.publish.build_context import File
    from catalogctl.source.history import History


class KnownSources:
    """What earlier records say about the plugin files and locks that a catalog has now.

    `records` has them by plugin_id; `like` is one of git's ids in the repository, or "". Each file
    on the disk is looked at once, when this is made, unless nothing would use what is found.
    """

    def __init__(
        self,
        records: Mapping[str, PluginRecord],
        opened: OpenCatalog,
        like: str,
        *,
        is_needed: bool = True,
    ) -> None:
        self._records = records
        self.opened = opened
        self._like = like
        self.files: dict[str, SourceState] = {}
        self.locks: dict[str, SourceState] = {}
        self.documents: dict[str, DocumentStates] = {}
        if is_needed:
            self.documents = self._states_of_documents(opened.documents.plugin_ids)
            self.files = self._states_of_files(opened.plugins.names)
            self.locks = self._states_of_locks(opened.locks)

    def _states_of_files(self, names: Iterable[str]) -> dict[str, SourceState]:
        known = {f"{stem}.yaml": record.file for stem, record in self._records.items()}
        folder = self.opened.plugin_folder
        return source_states(folder, names, known, limit=MAX_YAML_SIZE, like=self._like)

    def _states_of_locks(self, names: Iterable[str]) -> dict[str, SourceState]:
        locks = ((stem, record.lock) for stem, record in self._records.items())
        known = {f"{stem}.json": lock for stem, lock in locks if lock}
        folder = self.opened.lock_folder
        return source_states(folder, names, known, limit=MAX_LOCK_SIZE, like=self._like)

    def _states_of_documents(self, plugin_ids: Iterable[str]) -> dict[str, DocumentStates]:
        known = {stem: record.documents for stem, record in self._records.items()}
        return document_states(self.opened, plugin_ids, known)

    def documents_of(self, plugin_id: str) -> DocumentStates:
        """Return the documents and the icon of a plugin as they are now."""
        return self.documents.get(plugin_id, NO_STATES)

    def look_again(self, stems: Iterable[str]) -> None:
        """Read the files of these plugins again, whatever is known of them."""
        self._records = {}
        for stem in stems:
            file, lock = f"{stem}.yaml", f"{stem}.json"
            self.files.pop(file, None)
            self.files.update(self._states_of_files((file,)))
            self.locks.pop(lock, None)
            self.locks.update(self._states_of_locks(self.opened.locks.intersection((lock,))))
            self.documents.update(self._states_of_documents((stem,)))

    def uncommitted(self, history: History, stems: Iterable[str] | None = None) -> Iterator[str]:
        """Yield the plugin files and locks that are not as the newest commit has them.

        With `stems`, only those of these plugins are compared.
        """
        files: Iterable[str] = self.opened.plugins.names
        locks: Iterable[str] = self.opened.locks
        if stems is not None:
            files = [f"{stem}.yaml" for stem in stems]
            locks = self.opened.locks.intersection(f"{stem}.json" for stem in stems)
        for folder, names, states in (
            ("plugins", files, self.files),
            ("versions", locks, self.locks),
        ):
            for name in names:
                path, state = f"{folder}/{name}", states.get(name)
                if state is None or history.blobs.get(path) not in state.blobs:
                    yield path

    def check(self, name: str, dates: FileDates) -> FileCheck[PluginSummary] | None:
        """Return the result of checking a plugin file, if it holds."""
        stem = name.removesuffix(".yaml")
        record, state = self._records.get(stem), self.files.get(name)
        if record is None or state is None or record.file.digest != state.digest:
            return None
        documents = self.documents_of(stem)
        if documents.digest != record.documents.digest or not documents.is_whole:
            return None
        summary = record.summary
        is_same = (summary.created_at, summary.updated_at) == dates.of_plugin(stem, name)
        if (
            not is_same
            or summary.resolved_at != dates.resolved_at(stem)
            or summary.file != dates.repository_path(f"plugins/{name}")
        ):
            return None
        problems = self.opened.labelled(record.problems[0])
        files = 1 + len(documents.files)
        return FileCheck(
            record.claim, problems, files, summary, state.digest, documents=documents.digest
        )

    def problems_of_lock(self, record: PluginRecord) -> tuple[Problem, ...]:
        """Return the warnings about the lock of a plugin whose record holds."""
        return self.opened.labelled(record.problems[1])


class Reuse(KnownSources):
    """What the records of the last build say about the sources and the published files.

    `like` is one of git's ids in the repository, or "".
    """

    def __init__(
        self, cached: CachedBuild, opened: OpenCatalog, tree: StagedTree, like: str
    ) -> None:
        super().__init__(cached.plugins, opened, like, is_needed=bool(like) or cached.is_used)
        self._cached = cached
        self._tree = tree
        self._keys: dict[str, bytes] = {}
        self._published = tree.signatures(row_path(each.row) for each in cached.published())

    def record(self, summary: PluginSummary, shown: bytes) -> PluginRecord | None:
        """Return the record of a plugin whose published files hold; `summary` is as checked."""
        record = self._cached.plugins.get(summary.plugin_id)
        if record is None or record.summary is not summary or record.shown != shown:
            return None
        name = f"{summary.plugin_id}.json"
        lock = self.locks.get(name)
        if (lock and lock.digest) != (record.lock and record.lock.digest):
            return None
        if lock is None and name in self.opened.locks:  # it can't be read
            return None
        if not record.files or not all(map(self._holds, record.files)):
            return None
        return record

    def lock_problems(self) -> Iterator[Problem]:
        """Yield the warnings about every lock, if all records hold."""
        for record in self._cached.plugins.values():
            yield from self.problems_of_lock(record)

    def inputs(self, checks: Iterable[FileCheck[PluginSummary]]) -> bytes:
        """Return what identifies the plugin files with their dates, and the locks."""
        read = [
            (
                *(each.digest, each.documents),
                *(made.created_at, made.updated_at, made.resolved_at, made.file),
            )
            for each in checks
            if (made := each.value) is not None
        ]
        states = [(name, self.locks.get(name)) for name in sorted(self.opened.locks)]
        locks = [(name, state.digest if state else None) for name, state in states]
        return combined(read, locks)

    def keep(self, files: Iterable[KnownFile]) -> None:
        """Keep files of the published tree in the new one."""
        self._tree.keep_all({row_path(each.row): each.signature.inode for each in files})

    def unchanged(self, inputs: bytes) -> LastBuild | None:
        """Return the last build if it had the same input, and all its files still hold."""
        last = self._cached.last
        if last is None or last.inputs != inputs:
            return None
        return last if all(map(self._holds, self._cached.published())) else None

    def put(self, file: File | LazyFile) -> bytes:
        """Write a shared file, or keep it if the published tree has it; return its row."""
        path, key = file[0], file.key() if isinstance(file, LazyFile) else b""
        self._keys[path] = key
        known = self._cached.shared.get(path)
        if known is not None and not self._holds(known):
            known = None
        if known is not None and key and known.key == key:
            self.keep((known,))
            return known.row
        data = with_bytes(file)[1]
        if known is not None and known.row == row(path, data):
            self.keep((known,))
            return known.row
        return self._tree.write(path, data)

    def shared_files(self, rows: Sequence[bytes]) -> dict[str, KnownFile]:
        """Return the shared files of the new tree, once it is at its place, by path."""
        shared = {row_path(each): each for each in rows}
        signatures = self._tree.signatures(shared)
        return {
            path: KnownFile(each, signatures[path], self._keys.get(path, b""))
            for path, each in shared.items()
            if path in signatures
        }

    def _holds(self, known: KnownFile) -> bool:
        """Return whether a file of the published tree is as it was left."""
        return self._published.get(row_path(known.row)) == known.signature
