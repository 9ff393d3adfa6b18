"""Read a catalog again and again, each time only what changed, and keep all else in memory.

A reading finds the problems that a build would find. Without errors, it has the files of the tree
that the build would publish, made when they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from catalogctl.content_hash import content_digest
from catalogctl.model.assemble import info_of, plugin
from catalogctl.model.plugin import VersionsSummary
from catalogctl.pipeline.check_files import (
    check_file_without_lock,
    check_plugin_lock,
    check_result,
)
from catalogctl.pipeline.edition_files import Edition, EditionFiles, PluginSource
from catalogctl.pipeline.epochs import check_epoch
from catalogctl.pipeline.file_dates import FileDates, summarize_file
from catalogctl.pipeline.journal import read_journal
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.plugin_records import Past, PluginRecord
from catalogctl.pipeline.pool import spread
from catalogctl.pipeline.reuse import KnownSources
from catalogctl.pipeline.saved_answers import answer_saved, queried_fields
from catalogctl.pipeline.saved_queries import check_queries
from catalogctl.problem import has_errors
from catalogctl.publish.build_context import BuildContext, extras
from catalogctl.query import base_order
from catalogctl.query.documents import Documents
from catalogctl.source.history import read_history, with_uncommitted
from catalogctl.times import clock
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from catalogctl.model.plugin import PluginSummary
    from catalogctl.pipeline.check_files import CheckResult, FileCheck
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.pipeline.saved_queries import SavedQuery
    from catalogctl.problem import Problem
    from catalogctl.publish.changes import Journal
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.source.history import History


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """What to read, and how: the fields have the meaning that `BuildOptions` gives them."""

    catalog: Path
    environ: Mapping[str, str]
    generator: str = f"catalogctl {__version__}"
    base_url: str | None = None
    now: str | None = None
    jobs: int | None = None
    working: Path | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading a catalog; `files` is None if `problems` contain errors.

    `read` is the number of the catalog's files.
    """

    problems: tuple[Problem, ...]
    read: int
    plugins: int
    files: EditionFiles | None = None


class _ReadLock(NamedTuple):
    """A worker's result for a plugin: its lock as read, if any, what it says, and its problems."""

    data: bytes | None
    versions: VersionsSummary
    problems: tuple[Problem, ...]


class _LivePlugin(NamedTuple):
    """What is known of a plugin without errors, and what its files are made from.

    `record` is None if a file changed while it was read.
    """

    record: PluginRecord | None
    source: PluginSource


class LiveCatalog:
    """A catalog and all that is known about it since it was last read."""

    def __init__(self, options: LiveOptions) -> None:
        self._options = options
        self._epoch = b""
        self._plugins: dict[str, _LivePlugin] = {}
        self._past: Past | None = None

    def read(self) -> Reading:
        """Read what changed. Raise UsageError or OutsideError if it fails."""
        options = self._options
        opened = open_catalog(options.catalog, options.working)
        self._forget_other_epochs(check_epoch(opened.settings))
        past = self._past
        history = read_history(
            opened.path,
            state=None if past is None else past.history,
            with_changes=True,
            files=(),
            allow_shallow=True,
        )
        records = {stem: each.record for stem, each in self._plugins.items() if each.record}
        sources = KnownSources(records, opened, next(iter(history.blobs.values()), ""))
        history = with_uncommitted(history, sources.uncommitted(history))
        dates = FileDates(history, opened.imported, clock(options.environ), opened.path)
        saved, query_problems = check_queries(opened)
        checks = self._checks(opened, dates, sources)
        checked = check_result(opened, checks, query_problems=query_problems)
        locks = self._locks(opened, checks, sources)
        plugins = self._usable(checks, locks, sources)
        problems = {*checked.problems}.union(*(each.problems for each in locks))
        files = None
        if not has_errors(problems):
            context = self._context(opened, history, dates)
            answers, found = _answers(checked, saved, context)
            problems.update(found)
            if not found:
                journal = self._journal(opened, history)
                files = EditionFiles(Edition(opened.top, context, plugins, answers, journal))
        count = checked.files + sum(each.data is not None for each in locks)
        return Reading(tuple(sorted(problems)), count, checked.plugins, files)

    def _forget_other_epochs(self, epoch: bytes) -> None:
        """Forget everything that was found out with other settings."""
        if epoch != self._epoch:
            self._epoch, self._plugins, self._past = epoch, {}, None

    def _checks(
        self, opened: OpenCatalog, dates: FileDates, sources: KnownSources
    ) -> list[FileCheck[PluginSummary]]:
        """Return the check of each plugin file, made only if none is known that holds."""

        def check(name: str) -> FileCheck[PluginSummary]:
            return check_file_without_lock(
                opened,
                name,
                lambda file: summarize_file(file, opened.settings.repository_info, dates),
            )

        names = opened.plugins.names
        known = [sources.check(name, dates) for name in names]
        new = [name for name, each in zip(names, known, strict=True) if each is None]
        made = spread(check, new, self._options.jobs)
        return [each or next(made) for each in known]

    def _locks(
        self,
        opened: OpenCatalog,
        checks: Sequence[FileCheck[PluginSummary]],
        sources: KnownSources,
    ) -> list[_ReadLock]:
        """Return the lock of each plugin file, read only if none is known that holds."""
        pairs = list(zip(opened.plugin_ids, checks, strict=True))
        known = [self._known_lock(stem, check, sources) for stem, check in pairs]
        new = [pair for pair, each in zip(pairs, known, strict=True) if each is None]

        def read(pair: tuple[str, FileCheck[PluginSummary]]) -> _ReadLock:
            return _read_lock(opened, pair[0], pair[1].value)

        made = spread(read, new, self._options.jobs)
        return [each or next(made) for each in known]

    def _known_lock(
        self, stem: str, check: FileCheck[PluginSummary], sources: KnownSources
    ) -> _ReadLock | None:
        """Return a plugin's lock, if it and the check of the plugin's file still hold."""
        known, lock = self._plugins.get(stem), sources.locks.get(f"{stem}.json")
        if known is None or known.record is None or check.value is not known.record.summary:
            return None
        before = known.record.lock
        if (lock and lock.digest) != (before and before.digest):
            return None
        problems = sources.problems_of_lock(known.record)
        return _ReadLock(known.source.lock, known.record.summary.versions, problems)

    def _usable(
        self,
        checks: Sequence[FileCheck[PluginSummary]],
        locks: Sequence[_ReadLock],
        sources: KnownSources,
    ) -> dict[str, PluginSource]:
        """Return the plugins without errors, and keep what is known of them for the next time."""
        before, self._plugins = self._plugins, {}
        usable: dict[str, PluginSource] = {}
        for check, lock in zip(checks, locks, strict=True):
            summary = check.value
            if summary is None or has_errors(lock.problems):
                continue
            stem = summary.plugin_id
            live = _still(before.get(stem), summary, lock, sources)
            if live is None:
                whole = replace(summary, versions=lock.versions)
                source = PluginSource(whole, lock.data, is_used=not lock.problems)
                live = _LivePlugin(_record(check, lock, source, sources), source)
            usable[stem] = live.source
            if live.record is not None:
                self._plugins[stem] = live
        return usable

    def _context(self, opened: OpenCatalog, history: History, dates: FileDates) -> BuildContext:
        """Return the values that all files share."""
        options, settings = self._options, opened.settings
        base_url = options.base_url or settings.site.base_url
        return BuildContext(
            settings=settings,
            base_url=base_url,
            now=options.now or history.commit_time or dates.fallback,
            commit=history.commit,
            commit_time=history.commit_time,
            generator=options.generator,
            extras=extras(settings.site, len(opened.plugins.names), base_url),
        )

    def _journal(self, opened: OpenCatalog, history: History) -> Journal:
        """Return the journal, read on from the last one."""
        past = self._past
        known = past.journal if past is not None and past.journal.commit == history.since else None
        state = read_journal(history, opened.path, opened.settings, state=known)
        self._past = None if history.state is None else Past(history.state, state)
        return state.journal()


def _read_lock(opened: OpenCatalog, stem: str, summary: PluginSummary | None) -> _ReadLock:
    """Read and check the lock of a plugin; `summary` is None if its file has errors."""
    info = None if summary is None else info_of(summary)
    lock, problems = check_plugin_lock(opened, stem, info)
    data = None if lock is None else lock.data
    if summary is None or has_errors(problems):
        return _ReadLock(data, VersionsSummary(), tuple(problems))
    return _ReadLock(data, plugin(summary, lock, info).summary.versions, tuple(problems))


def _still(
    known: _LivePlugin | None, summary: PluginSummary, lock: _ReadLock, sources: KnownSources
) -> _LivePlugin | None:
    """Return what is known of a plugin, with the new signatures of its files, if it holds."""
    if known is None or known.record is None:
        return None
    if known.source.summary is not summary or known.source.lock is not lock.data:
        return None
    record, stem = known.record, summary.plugin_id
    file, state = sources.files.get(f"{stem}.yaml"), sources.locks.get(f"{stem}.json")
    if file is None or (record.file is file and record.lock is state):
        return known
    return known._replace(record=replace(record, file=file, lock=state))


def _record(
    check: FileCheck[PluginSummary], lock: _ReadLock, source: PluginSource, sources: KnownSources
) -> PluginRecord | None:
    """Return the record of a plugin, unless a file changed while it was read."""
    stem = source.summary.plugin_id
    file, state = sources.files.get(f"{stem}.yaml"), sources.locks.get(f"{stem}.json")
    if file is None or file.digest != check.digest or check.claim is None:
        return None
    if (state and state.digest) != (None if lock.data is None else content_digest(lock.data)):
        return None
    return PluginRecord(
        file, state, check.claim, (check.problems, lock.problems), source.summary, b"", ()
    )


def _answers(
    checked: CheckResult[PluginSummary], saved: Sequence[SavedQuery], context: BuildContext
) -> tuple[list[SavedAnswer], list[Problem]]:
    """Return the answers of the queries, and the problems of those that fail on some values."""
    documents = Documents(base_order(queried_fields(checked.values, saved)))
    repository_id = context.settings.repository_id
    return answer_saved(saved, documents, now=context.now, repository_id=repository_id)
