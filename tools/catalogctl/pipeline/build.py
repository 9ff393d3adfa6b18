"""Publish a catalog: check it, make its tree, and put that in the old one's place.

Two passes over the plugins, each spread over the cores. The first reads and checks every plugin
file and keeps a draft. The second reads and checks the draft's lock, puts it into the new tree as
it was read, so that what was checked is what is published (Q-10), and makes the plugin's own files.
What all plugins share is joined from rows; the manifest comes last, then the new tree takes the
old one's place. A catalog with errors is looked at once more, as `validate` does, to tell them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from catalogctl.files import MANIFEST, StagedTree
from catalogctl.model.assemble import info_of, plugin
from catalogctl.pipeline.check_files import (
    check_all,
    check_file_without_lock,
    check_plugin_lock,
    check_result,
    has_error,
)
from catalogctl.pipeline.file_dates import FileDates, summarize_file
from catalogctl.pipeline.journal import read_journal
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.pool import spread
from catalogctl.pipeline.saved_answers import answer_saved, asked_about
from catalogctl.pipeline.saved_queries import check_queries
from catalogctl.publish.build_context import BuildContext
from catalogctl.publish.facets import facet_segments, in_order
from catalogctl.publish.index_files import index_files
from catalogctl.publish.manifest import changed_files, listed, manifest_pieces
from catalogctl.publish.plugin_files import plugin_files
from catalogctl.publish.site.related import Related
from catalogctl.publish.site.site_context import open_site
from catalogctl.publish.tree import shared_files
from catalogctl.query import base_order
from catalogctl.query.documents import Documents
from catalogctl.source.history import read_history
from catalogctl.times import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.model.plugin import PluginSummary, VersionsSummary
    from catalogctl.pipeline.check_files import CheckResult, FileCheck
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.pipeline.saved_queries import SavedQuery
    from catalogctl.problem import Problem
    from catalogctl.publish.changes import Journal
    from catalogctl.publish.query_files import SavedAnswer

Counted = TypeVar("Counted")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What to build, and how; `wait` is how many seconds another build of `out` may take.

    `now` and `base_url` win over those of git and of catalog.yaml. `tell` gets a line for the
    person, `progress` a step's name, how many of its plugins are done, and of how many.
    """

    catalog: Path
    out: Path
    environ: Mapping[str, str]
    generator: str
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
    """What a build came to: with errors among `problems` nothing was published.

    `read` counts the files of the catalog, `files` and `size` (bytes) those of the tree,
    `changed` the published files that are new or different.
    """

    problems: tuple[Problem, ...]
    read: int
    plugins: int
    published: bool = False
    files: int = 0
    size: int = 0
    changed: int = 0


class _WrittenPlugin(msgspec.Struct, frozen=True, gc=False):
    """What a worker sends back of a plugin: what its lock says, its files' rows.

    Of one whose lock has errors there are its problems alone.
    """

    versions: VersionsSummary | None
    rows: tuple[bytes, ...]
    problems: tuple[Problem, ...]
    has_lock: bool


class _CheckedCatalog(NamedTuple):
    """The catalog, checked and answered, ready to be written."""

    edition: BuildContext
    plugins: Sequence[PluginSummary]
    answers: Sequence[SavedAnswer]
    opened: OpenCatalog
    journal: Journal


def build(options: BuildOptions) -> Built:
    """Build a catalog and put its tree at `options.out`; a catalog with errors publishes nothing.

    UsageError, OutsideError: the old tree stands.
    """
    opened = open_catalog(options.catalog, options.working)
    tree = StagedTree(options.out, wait=options.wait, tell=options.tell, durable=options.durable)
    with tree as staged:
        return _build(options, opened, staged)


def _build(options: BuildOptions, opened: OpenCatalog, staged: StagedTree) -> Built:
    history = read_history(opened.path, allow_shallow=options.allow_shallow)
    for warning in history.warnings:
        options.tell(warning)
    fallback = clock(options.environ)
    dates = FileDates(history, opened.imported, fallback, opened.path)
    saved, query_problems, query_files = check_queries(opened)

    extra = query_problems, query_files
    names = opened.plugins.names

    def check(name: str) -> FileCheck[PluginSummary]:
        return check_file_without_lock(
            opened, name, lambda file: summarize_file(file, opened.settings.repository_info, dates)
        )

    def refused(why: Sequence[Problem]) -> Built:
        """Return what is wrong with the catalog, `why` and all that `validate` tells."""
        seen = check_all(opened, options.jobs, extra=extra)
        return Built(tuple(sorted({*seen.problems, *why})), seen.files, seen.plugins)

    checks = _counted(spread(check, names, options.jobs), "checking", len(names), options)
    seen = check_result(opened, checks, extra=extra)
    if seen.has_errors:
        return refused(seen.problems)
    edition = BuildContext(
        settings=opened.settings,
        base_url=options.base_url or opened.settings.site.base_url,
        now=options.now or history.commit_time or fallback,
        commit=history.commit,
        commit_time=history.commit_time,
        generator=options.generator,
    )
    states, answers, problems = _query_answers(seen.made, saved, edition)
    if problems:
        return refused(problems)
    journal = read_journal(history, opened.path, opened.settings, states)
    written = _write(options, staged, _CheckedCatalog(edition, seen.made, answers, opened, journal))
    if has_error(written.problems):
        return refused(written.problems)
    return _committed(staged, seen, written)


def _committed(staged: StagedTree, seen: CheckResult[PluginSummary], written: _Written) -> Built:
    """Write the manifest, put the tree in its place, and return what was built."""
    size, changed = changed_files(written.rows, staged.replaced_manifest())
    staged.write_pieces(MANIFEST, manifest_pieces(written.rows))
    staged.commit()
    return Built(
        tuple(sorted({*seen.problems, *written.problems})),
        seen.files + written.locks,
        seen.plugins,
        published=True,
        files=len(written.rows) + 1,
        size=size,
        changed=changed,
    )


def _counted(
    each: Iterable[Counted], step: str, total: int, options: BuildOptions
) -> Iterator[Counted]:
    """Yield what is done, and tell how far the step is."""
    for number, done in enumerate(each, start=1):
        options.progress(step, number, total)
        yield done


def _query_answers(
    plugins: Sequence[PluginSummary], saved: Sequence[SavedQuery], edition: BuildContext
) -> tuple[dict[str, str], list[SavedAnswer], list[Problem]]:
    """Return the state of each plugin, the answers of the queries and their problems.

    The values of all plugins are held for that long alone.
    """
    states = {each.plugin_id: each.state for each in plugins}
    repository_id = edition.settings.repository_id
    documents = Documents(base_order(asked_about(plugins, saved)))
    return states, *answer_saved(saved, documents, now=edition.now, repository_id=repository_id)


@dataclass(slots=True)
class _Written:
    """The manifest's rows of what was written, the problems of the locks, how many were read."""

    rows: list[bytes] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    locks: int = 0


def _write(options: BuildOptions, staged: StagedTree, whole: _CheckedCatalog) -> _Written:
    """Write every file but the manifest; what all plugins share only if no lock has errors."""
    edition, plugins, opened, journal = whole.edition, whole.plugins, whole.opened, whole.journal
    segments = facet_segments(plugins)
    site = open_site(
        edition,
        segments,
        logo=opened.logo,
        related=Related(plugins),
        own_site=opened.own_site,
    )

    def write(summary: PluginSummary) -> _WrittenPlugin:
        info = info_of(summary)
        lock, problems = check_plugin_lock(opened, summary.plugin_id, info)
        if has_error(problems):
            return _WrittenPlugin(None, (), tuple(problems), lock is not None)
        made = plugin(summary, lock, info)
        files = plugin_files(site, made, journal.of_plugin.get(summary.plugin_id, ()))
        written = tuple([staged.write(*file) for file in files])
        return _WrittenPlugin(made.summary.versions, written, tuple(problems), lock is not None)

    tree = _Written()
    rows: list[PluginSummary] = []
    done = _counted(spread(write, plugins, options.jobs), "writing", len(plugins), options)
    for each, made in zip(plugins, done, strict=True):
        tree.rows.extend(made.rows)
        tree.problems.extend(made.problems)
        tree.locks += made.has_lock
        if made.versions is not None:
            rows.append(replace(each, versions=made.versions))
    if not has_error(tree.problems):
        every, answers = in_order(rows, segments), whole.answers
        files_of_all = shared_files(every, edition, answers, site=site, journal=journal)
        shared = [staged.write(*file) for file in files_of_all]
        index = index_files(every, edition, answers, listed(shared))
        tree.rows.extend([*shared, *[staged.write(*file) for file in index]])
    return tree
