"""Write the files of a checked catalog into a new tree, or keep those that still hold."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from catalogctl.content_hash import combined
from catalogctl.pipeline.executor import Work
from catalogctl.pipeline.plugin_records import KnownFile, PluginRecord
from catalogctl.pipeline.plugin_work import PluginToWrite, WritePlugin, WriteThere, place_of
from catalogctl.problem import has_errors
from catalogctl.publish.facets import SINGLE, facet_segments, in_order
from catalogctl.publish.index_files import PublishedLists, index_files
from catalogctl.publish.list_files import lists
from catalogctl.publish.manifest import listed, row_path
from catalogctl.publish.shared_files import shared_files
from catalogctl.publish.site.related import Related
from catalogctl.publish.site.site_context import open_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from catalogctl.files import StagedTree
    from catalogctl.files.file_signatures import FileSignature
    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.check_files import FileCheck
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.pipeline.plugin_work import WrittenPlugin
    from catalogctl.pipeline.reuse import Reuse
    from catalogctl.problem import Problem
    from catalogctl.publish.build_context import BuildContext
    from catalogctl.publish.journal_files import Entry, Journal
    from catalogctl.publish.list_files import PartsOfLists
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.publish.site.site_context import Site

    WriteWork: TypeAlias = Work[PluginToWrite, PluginToWrite, WrittenPlugin]
    Run: TypeAlias = Callable[[WriteWork, Sequence[PluginToWrite]], Iterator[WrittenPlugin]]


class CheckedCatalog(NamedTuple):
    """A checked catalog with its answered queries, ready to be written."""

    opened: OpenCatalog
    context: BuildContext
    checks: Sequence[FileCheck[PluginSummary]]
    answers: Sequence[SavedAnswer]
    journal: Journal


class _DonePlugin(NamedTuple):
    """A plugin whose files are in the new tree: kept as its record says, or written.

    `kept_problems` are those of the lock of a kept plugin.
    """

    check: FileCheck[PluginSummary]
    shown: bytes
    record: PluginRecord | None
    written: WrittenPlugin | None
    kept_problems: tuple[Problem, ...]

    @property
    def rows(self) -> Sequence[bytes]:
        """The manifest rows of the plugin's files."""
        if self.record is not None:
            return [file.row for file in self.record.files]
        return self.written.rows if self.written is not None else ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of the plugin's lock."""
        return self.written.problems if self.written is not None else self.kept_problems

    @property
    def lock(self) -> bytes | None:
        """What identifies the content of the lock, None without one."""
        if self.record is not None:
            return self.record.lock.digest if self.record.lock else None
        return self.written.lock if self.written is not None else None

    @property
    def summary(self) -> PluginSummary | None:
        """The summary with the versions, None if the lock has errors."""
        if self.record is not None:
            return self.record.summary
        if self.written is None or self.written.versions is None or self.check.value is None:
            return None
        return replace(self.check.value, versions=self.written.versions)


@dataclass(slots=True)
class WrittenTree:
    """All files of a new tree but the manifest, and the problems and the number of the locks."""

    plugins: list[_DonePlugin] = field(default_factory=list)
    shared: list[bytes] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    locks: int = 0

    def rows(self) -> Iterator[bytes]:
        """Yield the manifest row of each file."""
        for each in self.plugins:
            yield from each.rows
        yield from self.shared

    def records(self, tree: StagedTree, reuse: Reuse) -> dict[str, PluginRecord]:
        """Return what the next build can use of each plugin, once the tree is at its place."""
        new = [row_path(row) for each in self.plugins if not each.record for row in each.rows]
        signatures = tree.signatures(new)
        found = (_record(each, signatures, reuse) for each in self.plugins)
        return {each.summary.plugin_id: each for each in found if each is not None}

    def is_known(
        self, records: Mapping[str, PluginRecord], shared: Mapping[str, KnownFile]
    ) -> bool:
        """Return whether these have all files: only then may the next build find nothing to do."""
        is_whole = len(records) == len(self.plugins) and len(shared) == len(self.shared)
        return is_whole and all(each.files for each in records.values())


def write_tree(staged: StagedTree, catalog: CheckedCatalog, reuse: Reuse, run: Run) -> WrittenTree:
    """Write all files but the manifest; files shared by all plugins only if no lock has errors.

    `run` does the work on each of some plugins, and yields the results in order.
    """
    opened, context, checks, answers, journal = catalog
    plugins = [check.value for check in checks if check.value is not None]
    segments = facet_segments(plugins)
    site = open_site(
        context,
        segments,
        logo=opened.top.logo,
        related=Related(plugins),
        own_site=opened.top.own_site,
    )
    tree = WrittenTree()
    rows: list[PluginSummary] = []
    for done in _plugins(staged, catalog, site, reuse, run):
        tree.plugins.append(done)
        tree.problems.extend(done.problems)
        tree.locks += done.lock is not None
        if done.summary is not None:
            rows.append(done.summary)
    if not has_errors(tree.problems):
        every = in_order(rows, segments)
        parts: PartsOfLists = {}
        files = chain(
            lists(every, context.settings.site, parts, context.upstreams),
            shared_files(every, context, answers, site=site, journal=journal),
        )
        tree.shared.extend([reuse.put(file) for file in files])
        written = PublishedLists(listed(tree.shared), parts)
        index = index_files(every, context, answers, written)
        tree.shared.extend([reuse.put(file) for file in index])
    return tree


def _plugins(
    staged: StagedTree, catalog: CheckedCatalog, site: Site, reuse: Reuse, run: Run
) -> Iterator[_DonePlugin]:
    """Yield each plugin with its files in the new tree, in order."""
    entries = catalog.journal.of_plugin
    context = catalog.context
    work = Work(
        pack=lambda given: given,
        here=WritePlugin(catalog.opened, site, staged),
        there=lambda: WriteThere(
            place_of(catalog.opened), staged.share(), dataclasses.replace(context, upstreams=())
        ),
    )
    checked: list[tuple[FileCheck[PluginSummary], PluginToWrite]] = []
    for check in catalog.checks:
        if (summary := check.value) is not None:
            of_plugin = entries.get(summary.plugin_id, ())
            given = _to_write(site, summary, of_plugin, check.documents)
            checked.append((check, given))
    keys = [_shown(site, given) for _, given in checked]
    records = [
        reuse.record(given.summary, key) for (_, given), key in zip(checked, keys, strict=True)
    ]
    pairs = zip(checked, records, strict=True)
    written = run(work, [given for (_, given), record in pairs if record is None])
    for (check, _), shown, record in zip(checked, keys, records, strict=True):
        if record is None:
            yield _DonePlugin(check, shown, None, next(written), ())
        else:
            reuse.keep(record.files)
            yield _DonePlugin(check, shown, record, None, reuse.problems_of_lock(record))


def _to_write(
    site: Site, summary: PluginSummary, entries: Sequence[Entry], documents: bytes
) -> PluginToWrite:
    """Return a plugin with everything that its files show beside its file and its lock."""
    values = [(field, getattr(summary, field)) for field in SINGLE]
    values.extend(("labels", label) for label in summary.labels)
    segments = {value: site.segments[value] for value in values if value in site.segments}
    # The feed shows all entries, the page of a disabled plugin when it was disabled.
    own_entries = entries if site.context.extras.feeds or summary.state == "DISABLED" else ()
    return PluginToWrite(summary, segments, site.neighbours(summary), own_entries, documents)


def _shown(site: Site, given: PluginToWrite) -> bytes:
    """Return what identifies everything that a plugin's files show so."""
    segments = list(given.segments.items())
    return combined(segments, given.neighbours, site.context.extras, given.entries)


def _record(
    done: _DonePlugin, signatures: Mapping[str, FileSignature], reuse: Reuse
) -> PluginRecord | None:
    """Return the record of a plugin, unless a file changed while it was read.

    If a published file has no signature, there are none in the record, and all are made again.
    """
    summary, check, opened = done.summary, done.check, reuse.opened
    if summary is None or check.claim is None:
        return None
    file = reuse.files.get(f"{summary.plugin_id}.yaml")
    lock = reuse.locks.get(f"{summary.plugin_id}.json")
    documents = reuse.documents_of(summary.plugin_id)
    if file is None or file.digest != check.digest or (lock and lock.digest) != done.lock:
        return None
    if documents.digest != check.documents:
        return None
    before = done.record
    if before is not None:
        is_same = (before.file, before.lock, before.documents) == (file, lock, documents)
        return before if is_same else replace(before, file=file, lock=lock, documents=documents)
    found = [(row, signatures.get(row_path(row))) for row in done.rows]
    files = tuple(KnownFile(row, at) for row, at in found if at is not None)
    return PluginRecord(
        file=file,
        lock=lock,
        uses_lock=lock is not None and not done.problems,
        claim=check.claim,
        problems=(opened.unlabelled(check.problems), opened.unlabelled(done.problems)),
        summary=summary,
        documents=documents,
        shown=done.shown,
        files=files if len(files) == len(found) else (),
    )
