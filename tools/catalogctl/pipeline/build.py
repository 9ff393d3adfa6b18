"""A catalog's folder in, its published tree at its place out: what `build` runs.

Two passes over the plugins, each spread over the cores. The first reads and checks every plugin
file and keeps a draft. The second reads and checks the draft's lock, puts it into the new tree as
it was read, so that what was checked is what is published (Q-10), and makes the plugin's own files.
What all plugins share is joined from rows; the manifest comes last, then the new tree takes the
old one's place. A catalog with errors is looked at once more, as `validate` does, to tell them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec.structs import replace

from catalogctl.files import MANIFEST, StagedTree
from catalogctl.model.assemble import info_of, plugin
from catalogctl.pipeline.check_files import has_error, look_at_lock, survey
from catalogctl.pipeline.file_dates import FileDates, drafted
from catalogctl.pipeline.journal import read_journal
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.pool import spread_together
from catalogctl.pipeline.saved_answers import answer_saved, asked_about
from catalogctl.pipeline.saved_queries import check_queries
from catalogctl.publish.build_context import BuildContext
from catalogctl.publish.facets import facet_segments, in_order
from catalogctl.publish.index_files import index_files
from catalogctl.publish.manifest import changed_files, listed, manifest_pieces
from catalogctl.publish.plugin_files import files, row
from catalogctl.publish.site import SitePages
from catalogctl.publish.site.related import Related
from catalogctl.publish.tree import shared_files
from catalogctl.query import base_order
from catalogctl.query.documents import Documents
from catalogctl.source.history import read_history
from catalogctl.times import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from catalogctl.model.plugin import Draft, Plugin
    from catalogctl.pipeline.check_files import CheckResult
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.pipeline.saved_queries import SavedQuery
    from catalogctl.problem import Problem
    from catalogctl.publish.build_context import PluginSummary, RenderedPlugin
    from catalogctl.publish.changes import Journal
    from catalogctl.publish.query_files import SavedAnswer


@dataclass(frozen=True, slots=True)
class Build:
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


class _Made(msgspec.Struct, frozen=True, gc=False):
    """What a worker sends back of a plugin: its row without PluginInfo, its files' rows.

    Of one whose lock has errors there are its problems alone.
    """

    row: PluginSummary | None
    rows: tuple[bytes, ...]
    problems: tuple[Problem, ...]
    has_lock: bool


class _Whole(NamedTuple):
    """The catalog, checked and answered, ready to be written."""

    edition: BuildContext
    drafts: Sequence[Draft]
    answers: Sequence[SavedAnswer]
    opened: OpenCatalog
    journal: Journal


def build(asked: Build) -> Built:
    """Build a catalog and put its tree at `asked.out`; a catalog with errors publishes nothing.

    UsageError, OutsideError: the old tree stands.
    """
    opened = open_catalog(asked.catalog, asked.working)
    with StagedTree(asked.out, wait=asked.wait, tell=asked.tell, durable=asked.durable) as staged:
        return _build(asked, opened, staged)


def _build(asked: Build, opened: OpenCatalog, staged: StagedTree) -> Built:
    history = read_history(opened.path, allow_shallow=asked.allow_shallow)
    for warning in history.warnings:
        asked.tell(warning)
    otherwise = clock(asked.environ)
    dating = FileDates(history, opened.imported, otherwise, opened.path)
    saved, query_problems, query_files = check_queries(opened)

    look = partial(survey, opened, jobs=asked.jobs, extra=lambda _: (query_problems, query_files))
    seen = look(
        make=lambda checked: drafted(checked, opened.settings.repository_info, dating),
        with_locks=False,
        progress=lambda done, of: asked.progress("checking", done, of),
    )
    if seen.has_errors:
        return _refused(look(), seen.problems)
    edition = BuildContext(
        settings=opened.settings,
        base_url=asked.base_url or opened.settings.site.base_url,
        now=asked.now or history.commit_time or otherwise,
        commit=history.commit,
        commit_time=history.commit_time,
        generator=asked.generator,
    )
    states, answers, problems = _asked_of_all(seen.made, saved, edition)
    if problems:
        return _refused(look(), problems)
    journal = read_journal(history, opened.path, opened.settings, states)
    written = _write(asked, staged, _Whole(edition, seen.made, answers, opened, journal))
    if has_error(written.problems):
        return _refused(look(), written.problems)
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


def _refused(seen: CheckResult[None], why: Sequence[Problem]) -> Built:
    """Return what is wrong with a catalog that is not published, `why` among it."""
    return Built(tuple(sorted({*seen.problems, *why})), seen.files, seen.plugins)


def _asked_of_all(
    drafts: Sequence[Draft], saved: Sequence[SavedQuery], edition: BuildContext
) -> tuple[dict[str, str], list[SavedAnswer], list[Problem]]:
    """Return the state of each plugin, the answers of the queries and their problems.

    The values of all plugins are held for that long alone.
    """
    infos = asked_about((each.encoded for each in drafts), saved)
    states = {str(info["plugin_id"]): str(info["state"]) for info in infos}
    repository_id = edition.settings.repository_id
    documents = Documents(base_order(infos))
    return states, *answer_saved(saved, documents, now=edition.now, repository_id=repository_id)


@dataclass(slots=True)
class _Written:
    """The manifest's rows of what was written, the problems of the locks, how many were read."""

    rows: list[bytes] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    locks: int = 0


def _write(asked: Build, staged: StagedTree, whole: _Whole) -> _Written:
    """Write every file but the manifest; what all plugins share only if no lock has errors."""
    edition, drafts, opened, journal = whole.edition, whole.drafts, whole.opened, whole.journal
    segments = facet_segments(each.encoded for each in drafts)
    pages = SitePages(
        edition,
        segments,
        logo=opened.logo,
        related=Related(each.encoded for each in drafts),
        own_site=opened.own_site,
    )

    def make(some: Sequence[Draft]) -> list[_Made]:
        infos = [info_of(each) for each in some]
        locks = [
            look_at_lock(opened, each.plugin_id, info)
            for each, info in zip(some, infos, strict=True)
        ]
        if any(has_error(problems) for _, problems in locks):
            return [_Made(None, (), tuple(problems), lock is not None) for lock, problems in locks]
        plugins = [
            plugin(each, lock, info)
            for each, (lock, _), info in zip(some, locks, infos, strict=True)
        ]
        shown = pages.plugins(plugins)
        made = [replace(row(*each), info=b"") for each in zip(plugins, shown, strict=True)]
        written = [write_own(*each) for each in zip(plugins, shown, strict=True)]
        return [
            _Made(row_of_one, written_rows, tuple(problems), lock is not None)
            for row_of_one, written_rows, (lock, problems) in zip(made, written, locks, strict=True)
        ]

    def write_own(each: Plugin, shown: RenderedPlugin) -> tuple[bytes, ...]:
        entries = journal.of_plugin.get(each.plugin_id, ())
        return tuple([staged.write(*file) for file in files(each, edition, shown, entries)])

    tree = _Written()
    rows: list[PluginSummary] = []
    for number, (each, made) in enumerate(
        zip(drafts, spread_together(make, drafts, asked.jobs), strict=True), start=1
    ):
        tree.rows.extend(made.rows)
        tree.problems.extend(made.problems)
        tree.locks += made.has_lock
        if made.row is not None:
            rows.append(replace(made.row, info=each.encoded))
        asked.progress("writing", number, len(drafts))
    if not has_error(tree.problems):
        every, answers = in_order(rows, segments), whole.answers
        files_of_all = shared_files(every, edition, answers, pages=pages, journal=journal)
        shared = [staged.write(*file) for file in files_of_all]
        index = index_files(every, edition, answers, listed(shared))
        tree.rows.extend([*shared, *[staged.write(*file) for file in index]])
    return tree
