"""Publish a catalog: check it, write its tree, and replace the old one.

There are two passes over the plugins, each spread over the cores. The first reads and checks every
plugin file and keeps a summary. The second reads and checks the plugin's lock, copies it to the new
tree as it was read, so that what was checked is what is published (Q-10), and writes the plugin's
own files. Files shared by all plugins are made from the summaries; the manifest comes last, then
the new tree replaces the old one. A catalog with errors is checked once more, as by `validate`, to
report all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from catalogctl.files import MANIFEST, StagedTree
from catalogctl.model.assemble import info_of, plugin
from catalogctl.pipeline.check import check_opened
from catalogctl.pipeline.check_files import (
    check_file_without_lock,
    check_plugin_lock,
    check_result,
)
from catalogctl.pipeline.file_dates import FileDates, summarize_file
from catalogctl.pipeline.journal import read_journal
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.pool import spread
from catalogctl.pipeline.saved_answers import answer_saved, queried_fields
from catalogctl.pipeline.saved_queries import check_queries
from catalogctl.problem import has_errors
from catalogctl.publish.build_context import BuildContext
from catalogctl.publish.facets import facet_segments, in_order
from catalogctl.publish.index_files import PublishedLists, index_files
from catalogctl.publish.list_files import lists
from catalogctl.publish.manifest import changed_files, listed, manifest_pieces
from catalogctl.publish.plugin_files import plugin_files
from catalogctl.publish.site.related import Related
from catalogctl.publish.site.site_context import open_site
from catalogctl.publish.tree import shared_files
from catalogctl.query import base_order
from catalogctl.query.documents import Documents
from catalogctl.source.history import read_history
from catalogctl.times import clock
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.model.plugin import PluginSummary, VersionsSummary
    from catalogctl.pipeline.check_files import CheckResult, FileCheck
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.pipeline.saved_queries import SavedQuery
    from catalogctl.problem import Problem
    from catalogctl.publish.changes import Journal
    from catalogctl.publish.list_files import PartsOfLists
    from catalogctl.publish.query_files import SavedAnswer

Counted = TypeVar("Counted")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What to build, and how; `wait` is how many seconds to wait for another build of `out`.

    `now` and `base_url` override those of git and of catalog.yaml. `tell` is called with a line
    for the user, `progress` with a step's name, the number of plugins done, and their total.
    """

    catalog: Path
    out: Path
    environ: Mapping[str, str]
    generator: str = f"catalogctl {__version__}"
    base_url: str | None = None
    now: str | None = None
    jobs: int | None = None
    allow_shallow: bool = False
    durable: bool = True
    wait: float = 600.0
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


class _WrittenPlugin(msgspec.Struct, frozen=True, gc=False):
    """A worker's result for a plugin: a summary of its lock, and its files' manifest rows.

    If the lock has errors, only its problems are present.
    """

    versions: VersionsSummary | None
    rows: tuple[bytes, ...]
    problems: tuple[Problem, ...]
    has_lock: bool


class _CheckedCatalog(NamedTuple):
    """A checked catalog with its answered queries, ready to be written."""

    context: BuildContext
    plugins: Sequence[PluginSummary]
    answers: Sequence[SavedAnswer]
    opened: OpenCatalog
    journal: Journal


@dataclass(slots=True)
class _Written:
    """The manifest rows of written files, and the problems and number of the locks."""

    rows: list[bytes] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    locks: int = 0


def build(options: BuildOptions) -> Built:
    """Build a catalog and put its tree at `options.out`, unless the catalog has errors.

    Raise UsageError or OutsideError if that fails; the old tree remains.
    """
    opened = open_catalog(options.catalog, options.working)
    tree = StagedTree(options.out, wait=options.wait, tell=options.tell, durable=options.durable)
    with tree as staged:
        return _build(options, opened, staged)


def _build(options: BuildOptions, opened: OpenCatalog, staged: StagedTree) -> Built:
    history = read_history(opened.path, allow_shallow=options.allow_shallow)
    for warning in history.warnings:
        options.tell(warning)
    dates = FileDates(history, opened.imported, clock(options.environ), opened.path)
    saved, query_problems = check_queries(opened)
    checked = check_result(
        opened, _summaries(opened, dates, options), query_problems=query_problems
    )
    if checked.has_errors:
        return _refused(opened, options, checked.problems)
    context = BuildContext(
        settings=opened.settings,
        base_url=options.base_url or opened.settings.site.base_url,
        now=options.now or history.commit_time or dates.fallback,
        commit=history.commit,
        commit_time=history.commit_time,
        generator=options.generator,
    )
    answers, problems = _query_answers(checked.values, saved, context)
    if problems:
        return _refused(opened, options, problems)
    journal = read_journal(history, opened.path, opened.settings)
    catalog = _CheckedCatalog(context, checked.values, answers, opened, journal)
    written = _write(options, staged, catalog)
    if has_errors(written.problems):
        return _refused(opened, options, written.problems)
    return _committed(staged, checked, written)


def _summaries(
    opened: OpenCatalog, dates: FileDates, options: BuildOptions
) -> Iterator[FileCheck[PluginSummary]]:
    """Check and summarize every plugin file; locks are left for the second pass."""

    def check(name: str) -> FileCheck[PluginSummary]:
        return check_file_without_lock(
            opened, name, lambda file: summarize_file(file, opened.settings.repository_info, dates)
        )

    names = opened.plugins.names
    return _counted(spread(check, names, options.jobs), "checking", len(names), options)


def _refused(opened: OpenCatalog, options: BuildOptions, problems: Iterable[Problem]) -> Built:
    """Return the result of a failed build: these problems, and all that `validate` reports."""
    checked = check_opened(opened, jobs=options.jobs)
    every = tuple(sorted({*checked.problems, *problems}))
    return Built(every, checked.files, checked.plugins)


def _committed(staged: StagedTree, checked: CheckResult[PluginSummary], written: _Written) -> Built:
    """Write the manifest, replace the old tree, and return the result."""
    size, changed = changed_files(written.rows, staged.replaced_manifest())
    staged.write_pieces(MANIFEST, manifest_pieces(written.rows))
    staged.commit()
    return Built(
        tuple(sorted({*checked.problems, *written.problems})),
        checked.files + written.locks,
        checked.plugins,
        published=True,
        files=len(written.rows) + 1,
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


def _query_answers(
    plugins: Sequence[PluginSummary], saved: Sequence[SavedQuery], context: BuildContext
) -> tuple[list[SavedAnswer], list[Problem]]:
    """Return the answers of the queries and their problems.

    The values of all plugins are in memory only during this call.
    """
    repository_id = context.settings.repository_id
    documents = Documents(base_order(queried_fields(plugins, saved)))
    return answer_saved(saved, documents, now=context.now, repository_id=repository_id)


def _write(options: BuildOptions, staged: StagedTree, catalog: _CheckedCatalog) -> _Written:
    """Write all files but the manifest; files shared by all plugins only if no lock has errors."""
    context, plugins, answers, opened, journal = catalog
    segments = facet_segments(plugins)
    site = open_site(
        context,
        segments,
        logo=opened.top.logo,
        related=Related(plugins),
        own_site=opened.top.own_site,
    )

    def write(summary: PluginSummary) -> _WrittenPlugin:
        info = info_of(summary)
        lock, problems = check_plugin_lock(opened, summary.plugin_id, info)
        if has_errors(problems):
            return _WrittenPlugin(None, (), tuple(problems), lock is not None)
        whole = plugin(summary, lock, info)
        files = plugin_files(site, whole, journal.of_plugin.get(summary.plugin_id, ()))
        written = tuple([staged.write(*file) for file in files])
        return _WrittenPlugin(whole.summary.versions, written, tuple(problems), lock is not None)

    tree = _Written()
    rows: list[PluginSummary] = []
    done = _counted(spread(write, plugins, options.jobs), "writing", len(plugins), options)
    for summary, each in zip(plugins, done, strict=True):
        tree.rows.extend(each.rows)
        tree.problems.extend(each.problems)
        tree.locks += each.has_lock
        if each.versions is not None:
            rows.append(replace(summary, versions=each.versions))
    if not has_errors(tree.problems):
        every = in_order(rows, segments)
        parts: PartsOfLists = {}
        files_of_all = chain(
            lists(every, context.settings.site, parts),
            shared_files(every, context, answers, site=site, journal=journal),
        )
        shared = [staged.write(*file) for file in files_of_all]
        index = index_files(every, context, answers, PublishedLists(listed(shared), parts))
        tree.rows.extend([*shared, *[staged.write(*file) for file in index]])
    return tree
