"""Publish a catalog: check it, write its tree, and replace the old one.

There are two passes over the plugins, each spread over the cores. The first reads and checks every
plugin file and keeps a summary. The second reads and checks the plugin's lock, copies it to the new
tree as it was read, so that what was checked is what is published (Q-10), and writes the plugin's
own files. Both leave out the plugins whose records of the last build still hold. Files shared by
all plugins are made from the summaries; the manifest comes last, then the new tree replaces the old
one. A catalog with errors is checked once more, as by `validate`, to report all of them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from catalogctl.build_cache.cache_file import CacheFile
from catalogctl.content_hash import combined
from catalogctl.files import MANIFEST, StagedTree
from catalogctl.pipeline.cache_epochs import check_epoch, site_epoch
from catalogctl.pipeline.check import check_opened
from catalogctl.pipeline.check_files import check_result
from catalogctl.pipeline.checked_upstreams import check_upstreams
from catalogctl.pipeline.executor import Work, open_executor
from catalogctl.pipeline.file_dates import FileDates
from catalogctl.pipeline.journal import read_journal
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.plugin_records import CachedBuild, LastBuild, Past
from catalogctl.pipeline.plugin_work import CheckPlugin, CheckThere, check_same, place_of
from catalogctl.pipeline.reuse import Reuse
from catalogctl.pipeline.saved_answers import KeptRows, answer_queries, built_in, with_statistics
from catalogctl.pipeline.saved_queries import check_queries
from catalogctl.pipeline.write_tree import CheckedCatalog, write_tree
from catalogctl.problem import has_errors
from catalogctl.publish.build_context import BuildContext, extras
from catalogctl.publish.manifest import changed_files, manifest_pieces
from catalogctl.source.history import read_history, with_uncommitted
from catalogctl.times import clock
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.check_files import CheckResult, FileCheck
    from catalogctl.pipeline.checked_upstreams import CheckedUpstreams
    from catalogctl.pipeline.executor import Executor
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.pipeline.plugin_work import PluginToWrite, WrittenPlugin
    from catalogctl.pipeline.saved_queries import SavedQuery
    from catalogctl.pipeline.write_tree import WriteWork, WrittenTree
    from catalogctl.problem import Problem
    from catalogctl.publish.query_files import SavedAnswer
    from catalogctl.source.history import History

Counted = TypeVar("Counted")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What to build, and how; `wait` is how many seconds to wait for another build of `out`.

    `now` and `base_url` override those of git and of catalog.yaml. `cache` is the folder in which
    to keep what the next build of this catalog can use, None for no cache; without `previous`, no
    tree is left beside `out` for it. `scheduler` is the address of the Dask cluster that does the
    work on plugins, None for `jobs` processes here. `tell` is called with a line for the user,
    `progress` with a step's name, the number of plugins done, and their total.
    """

    catalog: Path
    out: Path
    environ: Mapping[str, str]
    generator: str = f"catalogctl {__version__}"
    base_url: str | None = None
    now: str | None = None
    jobs: int | None = None
    scheduler: str | None = None
    allow_shallow: bool = False
    durable: bool = True
    wait: float = 600.0
    cache: Path | None = None
    previous: bool = True
    working: Path | None = None
    tell: Callable[[str], None] = lambda _: None
    progress: Callable[[str, int, int], None] = lambda *_: None


@dataclass(frozen=True, slots=True)
class Built:
    """The result of a build; nothing is published if `problems` contain errors.

    `read` is the number of the catalog's files, `files` and `size` (in bytes) are those of the
    tree, and `changed` is the number of new or different published files.
    """

    problems: tuple[Problem, ...]
    read: int
    plugins: int
    published: bool = False
    files: int = 0
    size: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class _ReadCatalog:
    """A catalog that was read and checked, and what of its last build holds.

    `inputs` identifies everything that was read.
    """

    opened: OpenCatalog
    history: History
    reuse: Reuse
    saved: Sequence[SavedQuery]
    checks: Sequence[FileCheck[PluginSummary]]
    checked: CheckResult[PluginSummary]
    upstreams: CheckedUpstreams
    context: BuildContext
    inputs: bytes


def build(options: BuildOptions) -> Built:
    """Build a catalog and put its tree at `options.out`, unless the catalog has errors.

    If nothing changed since the last build, nothing is touched. Raise UsageError or OutsideError if
    it fails; the old tree remains.
    """
    with (
        _new_tree(options) as staged,
        CacheFile(options.cache, tell=options.tell) as cache,
        open_executor(options.scheduler, options.jobs) as executor,
    ):
        # Not before the lock is taken: what another build waited for may have changed it.
        opened = open_catalog(options.catalog, options.working)
        options = replace(options, base_url=options.base_url or opened.settings.site.base_url)
        files_epoch = _files_epoch(options, opened)
        cached = CachedBuild(cache, check_epoch(opened.top.written), files_epoch)
        read = _read(options, opened, cached, staged, executor)
        if read.checked.has_errors:
            return _refused(opened, options, read.checked.problems)
        if last := read.reuse.unchanged(read.inputs):
            return _unchanged(read, last)
        answers, problems = _query_answers(read)
        if problems:
            return _refused(opened, options, problems)
        journal = read_journal(
            read.history, opened.path, opened.settings, state=cached.journal_at(read.history.since)
        )
        own = {each.plugin_id for each in read.checked.values}
        published = journal.journal().with_plugins(own | read.upstreams.owners.keys())
        context = with_statistics(read.context)
        catalog = CheckedCatalog(opened, context, read.checks, answers, published)
        written = _written(options, read, catalog, staged, executor)
        if has_errors(written.problems):
            return _refused(opened, options, written.problems)
        built = _committed(staged, read.checked, written)
        if cache.writes:
            records = written.records(staged, read.reuse)
            shared = read.reuse.shared_files(written.shared)
            is_known = read.history.is_told_by_its_commit and written.is_known(records, shared)
            inputs = read.inputs if is_known else b""
            last = LastBuild(files_epoch, inputs, written.locks, built.files, built.size)
            state = read.history.state
            past = None if state is None else Past(state, journal)
            cached.save(last, past, records, shared)
            cached.upstreams.save(read.upstreams.known)
        return built


def _new_tree(options: BuildOptions) -> StagedTree:
    return StagedTree(
        options.out,
        wait=options.wait,
        tell=options.tell,
        durable=options.durable,
        previous=options.previous,
    )


def _read(
    options: BuildOptions,
    opened: OpenCatalog,
    cached: CachedBuild,
    staged: StagedTree,
    executor: Executor,
) -> _ReadCatalog:
    """Read the history and every plugin file of a catalog, and check them."""
    history = read_history(
        opened.path,
        state=cached.history,
        with_changes=True,
        files=(),
        allow_shallow=options.allow_shallow,
    )
    reuse = Reuse(cached, opened, staged, next(iter(history.blobs.values()), ""))
    history = with_uncommitted(history, reuse.uncommitted(history))
    for warning in history.warnings:
        options.tell(warning)
    dates = FileDates(history, opened.imported, clock(options.environ), opened.path)
    saved, query_problems = check_queries(opened)
    checks = list(_checks(opened, dates, options, reuse, executor))
    upstreams = check_upstreams(
        opened, cached.upstreams.files, jobs=1 if options.scheduler else options.jobs
    )
    checked = check_result(opened, checks, query_problems=query_problems, upstreams=upstreams)
    context = BuildContext(
        settings=opened.settings,
        base_url=options.base_url,
        now=options.now or history.commit_time or dates.fallback,
        commit=history.commit,
        commit_time=history.commit_time,
        generator=options.generator,
        extras=extras(opened.settings.site, len(checked.values), options.base_url),
        root_sha256=opened.top.root_sha256,
        upstreams=upstreams.upstreams,
    )
    queries = [(each.name, each.document.data) for each in saved if each.document is not None]
    inputs = combined(context.now, context.commit, queries, reuse.inputs(checks), upstreams.digest)
    return _ReadCatalog(opened, history, reuse, saved, checks, checked, upstreams, context, inputs)


def _files_epoch(options: BuildOptions, opened: OpenCatalog) -> bytes:
    """Return the epoch of published files: what all of them depend on."""
    out = os.path.realpath(options.out)
    top = opened.top
    tool = (check_epoch(top.written), site_epoch())
    own = (top.own_site, top.logo, top.root_sha256)
    return combined(tool, own, options.base_url, options.generator, out)


def _checks(
    opened: OpenCatalog, dates: FileDates, options: BuildOptions, reuse: Reuse, executor: Executor
) -> Iterator[FileCheck[PluginSummary]]:
    """Check and summarize every plugin file; locks are left for the second pass."""
    work = Work(
        pack=dates.of_file,
        here=CheckPlugin(opened),
        there=lambda: CheckThere(place_of(opened)),
    )
    names = opened.plugins.names
    known = {name: reuse.check(name, dates) for name in names}
    new = [name for name in names if known[name] is None]
    made = _counted(executor.map(work, new), "checking", len(new), options)
    for name in names:
        checked = known[name] or next(made)
        if options.scheduler is not None:
            check_same(f"plugins/{name}", reuse.files.get(name), checked.digest)
        yield checked


def _refused(opened: OpenCatalog, options: BuildOptions, problems: Iterable[Problem]) -> Built:
    """Return the result of a failed build: these problems, and all that `validate` reports."""
    checked = check_opened(opened, jobs=1 if options.scheduler else options.jobs)
    every = tuple(sorted({*checked.problems, *problems}))
    return Built(every, checked.files, checked.plugins)


def _unchanged(read: _ReadCatalog, last: LastBuild) -> Built:
    """Return the result of a build that had nothing to do."""
    problems = {*read.checked.problems, *read.reuse.lock_problems()}
    return Built(
        tuple(sorted(problems)),
        read.checked.files + last.locks,
        read.checked.plugins,
        published=True,
        files=last.files,
        size=last.size,
    )


def _written(
    options: BuildOptions,
    read: _ReadCatalog,
    catalog: CheckedCatalog,
    staged: StagedTree,
    executor: Executor,
) -> WrittenTree:
    """Write all files but the manifest, or keep them."""

    def run(write: WriteWork, plugins: Sequence[PluginToWrite]) -> Iterator[WrittenPlugin]:
        done = executor.map(write, plugins)
        for given, each in zip(plugins, done, strict=True):
            if options.scheduler is not None:
                name = f"{given.summary.plugin_id}.json"
                check_same(f"versions/{name}", read.reuse.locks.get(name), each.lock)
            yield each

    return write_tree(
        staged,
        catalog,
        read.reuse,
        lambda work, plugins: _counted(run(work, plugins), "writing", len(plugins), options),
    )


def _committed(
    staged: StagedTree, checked: CheckResult[PluginSummary], written: WrittenTree
) -> Built:
    """Write the manifest, replace the old tree, and return the result."""
    rows = list(written.rows())
    size, changed = changed_files(rows, staged.replaced_manifest())
    written.shared.append(staged.write_pieces(MANIFEST, manifest_pieces(rows)))
    staged.commit()
    return Built(
        tuple(sorted({*checked.problems, *written.problems})),
        checked.files + written.locks,
        checked.plugins,
        published=True,
        files=len(rows) + 1,
        size=size,
        changed=changed,
    )


def _counted(
    each: Iterable[Counted], step: str, total: int, options: BuildOptions
) -> Iterator[Counted]:
    """Yield each result, and report the progress of the step."""
    for number, done in enumerate(each, start=1):
        options.progress(step, number, total)
        yield done


def _query_answers(read: _ReadCatalog) -> tuple[list[SavedAnswer], list[Problem]]:
    """Return the answers of the queries and their problems.

    What the queries look at is in memory only during this call.
    """
    context = read.context
    repository_id = context.settings.repository_id
    queries = (*built_in(), *read.saved)
    documents = KeptRows().documents(read.checked.values, queries, repository_id)
    return answer_queries(
        queries,
        documents,
        now=context.now,
        repository_id=repository_id,
        upstreams=context.upstreams,
    )
