"""Make the files of a checked catalog when they are asked for, each as a build publishes it."""

from __future__ import annotations

import hashlib
import threading
from functools import cache, cached_property
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.files import MANIFEST, row
from catalogctl.lock import LockFlaw, decode
from catalogctl.model.assemble import plugin
from catalogctl.model.plugin import CheckedLock
from catalogctl.pipeline.saved_answers import answer_queries, built_in
from catalogctl.publish.build_context import with_bytes
from catalogctl.publish.facets import in_order
from catalogctl.publish.file_groups import FileGroup
from catalogctl.publish.index_files import PublishedLists, index_files
from catalogctl.publish.list_files import list_group
from catalogctl.publish.manifest import Listed, manifest
from catalogctl.publish.plugin_files import plugin_files, plugin_of
from catalogctl.publish.query_files import saved_group
from catalogctl.publish.repository_files import upstream_stats
from catalogctl.publish.shared_files import shared_groups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from catalogctl.model.plugin import Plugin
    from catalogctl.model.plugin_documents import PluginDocuments
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.kept_parts import KeptParts
    from catalogctl.pipeline.open_catalog import TopFiles
    from catalogctl.pipeline.saved_queries import SavedQuery
    from catalogctl.publish.build_context import BuildContext, File, LazyFile
    from catalogctl.publish.facets import Rows
    from catalogctl.publish.journal_files import Journal
    from catalogctl.publish.list_files import PartsOfLists
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.publish.site.site_context import Site


class PluginSource(NamedTuple):
    """A plugin's summary with its versions, its lock as read, None without one, and its documents.

    A lock that is not used is only published.
    """

    summary: PluginSummary
    lock: bytes | None
    documents: PluginDocuments
    is_used: bool

    def plugin(self) -> Plugin:
        """Return the plugin, ready to be published."""
        if self.lock is None:
            return plugin(self.summary, None, documents=self.documents)
        lock = decode(self.lock) if self.is_used else None
        checked = CheckedLock(self.lock, None if isinstance(lock, LockFlaw) else lock)
        return plugin(self.summary, checked, documents=self.documents)


class EditionValues(NamedTuple):
    """The values that a tree is made of; `plugins` and `summaries` are by id, and in its order.

    `saved` are the saved queries.
    """

    top: TopFiles
    context: BuildContext
    plugins: Mapping[str, PluginSource]
    summaries: Mapping[str, PluginSummary]
    saved: Sequence[SavedQuery]
    journal: Journal


class _MadeFiles:
    """The files of a group that were made so far, by path, and the rest of them."""

    def __init__(self, group: FileGroup) -> None:
        self.group = group
        self._made: dict[str, File | LazyFile] = {}
        self._rest = group.files()

    def read(self, path: str) -> bytes | None:
        """Return a file, None if there is none; files before it are made and kept."""
        while path not in self._made:
            file = next(self._rest, None)
            if file is None:
                return None
            self._made[file[0]] = file
        return with_bytes(self._made[path])[1]

    def try_first(self) -> None:
        """Make the first file, if it is a page."""
        file = next(self._rest, None)
        if file is not None:
            self._made[file[0]] = file
            if file[0].endswith(".html"):
                with_bytes(file)


class _Answers:
    """The answers of queries, which are answered when they are first iterated over."""

    def __init__(self, answer: Callable[[], Sequence[SavedAnswer]]) -> None:
        self._made = cache(answer)

    def __iter__(self) -> Iterator[SavedAnswer]:
        return iter(self._made())


class EditionFiles:
    """All files of an edition; any number of threads may ask for them, one is made at a time."""

    def __init__(self, edition: EditionValues, kept: KeptParts) -> None:
        """Make the files of an edition; `kept` has what it may have in common with others."""
        self._edition = edition
        self._kept = kept
        self._summaries = edition.summaries
        self._answers = _Answers(self._answer)
        self._lock = threading.RLock()

    def read(self, path: str) -> bytes | None:
        """Return the file with this path in the tree, None if there is none."""
        with self._lock:
            if path == MANIFEST:
                return self._manifest_bytes
            source = self._edition.plugins.get(plugin_of(path) or "")
            if source is not None:
                return dict(self._of_plugin(source)).get(path)
            for made in self._groups:
                if made.group.may_have(path):
                    data = made.read(path)
                    if data is not None:
                        return data
            return None

    def files(self) -> Iterator[File]:
        """Yield every file but the manifest."""
        for source in self._edition.plugins.values():
            yield from self._of_plugin(source)
        for made in self._groups:
            yield from map(with_bytes, made.group.files())

    def try_templates(self) -> None:
        """Make a page of each kind. Raise TemplateFailedError if the catalog's templates fail."""
        for source in islice(self._edition.plugins.values(), 1):
            list(self._of_plugin(source))
        for made in self._groups:
            made.try_first()

    def _of_plugin(self, source: PluginSource) -> Iterator[File]:
        """Yield the files of one plugin."""
        entries = self._edition.journal.of_plugin.get(source.summary.plugin_id, ())
        return plugin_files(self._site, source.plugin(), entries)

    @cached_property
    def _site(self) -> Site:
        return self._kept.site(self._edition.top, self._edition.context, self._summaries)

    @cached_property
    def _rows(self) -> Rows:
        return in_order(self._summaries.values(), self._site.segments)

    def _answer(self) -> Sequence[SavedAnswer]:
        """Return the answers of the built-in queries, then of the saved ones."""
        saved, context = self._edition.saved, self._edition.context
        repository_id = context.settings.repository_id
        documents = self._kept.documents(self._summaries, saved, repository_id)
        return answer_queries(
            (*built_in(), *saved),
            documents,
            now=context.now,
            repository_id=repository_id,
            upstreams=context.upstreams,
        )[0]

    @cached_property
    def _groups(self) -> Sequence[_MadeFiles]:
        """The groups of all files that belong to no single plugin."""
        edition = self._edition
        context, answers = edition.context, self._answers
        shared = shared_groups(
            self._rows, context, answers, site=self._site, journal=edition.journal
        )
        groups = [
            *shared,
            list_group(self._rows, context.settings.site, {}, context.upstreams),
            FileGroup(r"index\.json|index/.+", self._index_files),
        ]
        return [_MadeFiles(each) for each in groups]

    def _index_files(self) -> Iterator[File]:
        """Yield the index and its shards, which name the hashes of the lists and answers."""
        edition = self._edition
        parts: PartsOfLists = {}
        context, answers = edition.context, self._answers
        lists = list_group(self._rows, context.settings.site, parts, context.upstreams)
        groups = [lists, saved_group(answers), upstream_stats(context)]
        written = {
            path: Listed(path, len(data), hashlib.sha256(data).hexdigest())
            for group in groups
            for path, data in map(with_bytes, group.files())
        }
        return index_files(self._rows, context, answers, PublishedLists(written, parts))

    @cached_property
    def _manifest_bytes(self) -> bytes:
        return manifest(row(*file) for file in self.files())
