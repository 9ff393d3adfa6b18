"""A catalog's folder in, its published tree at its place out: what `build` runs.

Two passes over the plugins, each spread over the cores. The first reads and checks every file once
and keeps a draft; a lock goes into the new tree as it was read, so that what was checked is what
is published (Q-10). The second makes each plugin's own files from its draft. What all plugins
share is joined from rows; the manifest comes last, then the new tree takes the old one's place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.files import MANIFEST, StagedTree
from catalogctl.model.assemble import plugin
from catalogctl.pipeline.answering import answer_saved
from catalogctl.pipeline.checking import survey
from catalogctl.pipeline.dating import Dating, drafted
from catalogctl.pipeline.journal import read_journal
from catalogctl.pipeline.opening import open_catalog
from catalogctl.pipeline.pool import spread
from catalogctl.pipeline.queries import check_queries
from catalogctl.publish.endpoints import LOCK, filled
from catalogctl.publish.facets import facet_segments
from catalogctl.publish.manifest import changed_files, manifest_pieces
from catalogctl.publish.plugin import files, row
from catalogctl.publish.site import SitePages
from catalogctl.publish.site.related import Related
from catalogctl.publish.tree import shared_files
from catalogctl.publish.values import Edition
from catalogctl.query import base_order
from catalogctl.query.documents import Documents
from catalogctl.source.history import read_history
from catalogctl.times import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.model.plugin import Draft
    from catalogctl.pipeline.checking import Checked
    from catalogctl.pipeline.opening import Opened
    from catalogctl.pipeline.queries import SavedQuery
    from catalogctl.problem import Problem
    from catalogctl.publish.changes import Journal
    from catalogctl.publish.saved import SavedAnswer
    from catalogctl.publish.values import File, Row


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


class _Drafted(NamedTuple):
    """A draft, and the manifest's row of its lock if that is in the tree already."""

    draft: Draft
    rows: tuple[bytes, ...]


class _Made(NamedTuple):
    """What a worker sends back of a plugin: its row without PluginInfo, its files' rows."""

    row: Row
    rows: tuple[bytes, ...]


class _Whole(NamedTuple):
    """The catalog, checked and answered, ready to be written."""

    edition: Edition
    drafts: Sequence[Draft]
    answers: Sequence[SavedAnswer]
    opened: Opened
    journal: Journal


def build(asked: Build) -> Built:
    """Build a catalog and put its tree at `asked.out`; a catalog with errors publishes nothing.

    UsageError, OutsideError: the old tree stands.
    """
    opened = open_catalog(asked.catalog, asked.working)
    with StagedTree(asked.out, wait=asked.wait, tell=asked.tell, durable=asked.durable) as staged:
        return _build(asked, opened, staged)


def _build(asked: Build, opened: Opened, staged: StagedTree) -> Built:
    history = read_history(opened.path, allow_shallow=asked.allow_shallow)
    for warning in history.warnings:
        asked.tell(warning)
    otherwise = clock(asked.environ)
    dating = Dating(history, opened.imported, otherwise, opened.path)
    saved, query_problems, query_files = check_queries(opened)

    def draft(checked: Checked) -> _Drafted:
        rows: tuple[bytes, ...] = ()
        if checked.lock_data is not None:
            path = filled(LOCK, {"plugin_id": checked.file.removesuffix(".yaml")})
            rows = (staged.write(path, checked.lock_data),)
        return _Drafted(drafted(checked, opened.settings.repository_info, dating), rows)

    seen = survey(
        opened,
        make=draft,
        jobs=asked.jobs,
        extra=lambda _: (query_problems, query_files),
        progress=lambda done, of: asked.progress("checking", done, of),
    )
    found = Built(seen.problems, seen.files, seen.plugins)
    if seen.has_errors:
        return found
    edition = Edition(
        settings=opened.settings,
        base_url=asked.base_url or opened.settings.site.base_url,
        now=asked.now or history.commit_time or otherwise,
        commit=history.commit,
        commit_time=history.commit_time,
        generator=asked.generator,
    )
    drafts = [each.draft for each in seen.made]
    states, answers, problems = _asked_of_all(drafts, saved, edition)
    if problems:
        return replace(found, problems=tuple(sorted({*seen.problems, *problems})))
    journal = read_journal(history, opened.path, opened.settings, states)
    rows = [encoded for each in seen.made for encoded in each.rows]
    rows += _write(asked, staged, _Whole(edition, drafts, answers, opened, journal))
    size, changed = changed_files(rows, staged.replaced_manifest())
    staged.write_pieces(MANIFEST, manifest_pieces(rows))
    staged.commit()
    return replace(found, published=True, files=len(rows) + 1, size=size, changed=changed)


def _asked_of_all(
    drafts: Sequence[Draft], saved: Sequence[SavedQuery], edition: Edition
) -> tuple[dict[str, str], list[SavedAnswer], list[Problem]]:
    """Return the state of each plugin, the answers of the queries and their problems.

    The values of all plugins are held for that long alone.
    """
    infos = [msgspec.json.decode(each.encoded) for each in drafts]
    states = {info["plugin_id"]: info["state"] for info in infos}
    repository_id = edition.settings.repository_id
    documents = Documents(base_order(infos))
    return states, *answer_saved(saved, documents, now=edition.now, repository_id=repository_id)


def _write(asked: Build, staged: StagedTree, whole: _Whole) -> list[bytes]:
    """Write every file of the tree but the locks and the manifest; return their rows."""
    edition, drafts, journal = whole.edition, whole.drafts, whole.journal
    segments = facet_segments(each.encoded for each in drafts)
    pages = SitePages(
        edition,
        segments,
        logo=whole.opened.logo,
        related=Related(each.encoded for each in drafts),
        own_site=whole.opened.own_site,
    )

    def make(each: Draft) -> _Made:
        lock = None
        if each.has_lock:
            lock = staged.read(filled(LOCK, {"plugin_id": each.plugin_id}))
        made = plugin(each, lock)
        entries = journal.of_plugin.get(each.plugin_id, ())
        written = tuple(staged.write(*file) for file in files(made, edition, pages, entries))
        return _Made(row(made, pages)._replace(info=b""), written)

    encoded: list[bytes] = []
    rows: list[Row] = []
    for number, (each, made) in enumerate(
        zip(drafts, spread(make, drafts, asked.jobs), strict=True), start=1
    ):
        rows.append(made.row._replace(info=each.encoded))
        encoded.extend(made.rows)
        asked.progress("writing", number, len(drafts))
    rows.sort(key=lambda each: (each.name, each.plugin_id))
    shared = shared_files(rows, edition, segments, whole.answers, pages=pages, journal=journal)
    encoded.extend(_written(staged, shared))
    return encoded


def _written(staged: StagedTree, published: Iterable[File]) -> Iterator[bytes]:
    """Write files as they come; yield the manifest's row of each."""
    for path, data in published:
        yield staged.write(path, data)
