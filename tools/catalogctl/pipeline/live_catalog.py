"""Keep a catalog in memory, and make a new edition of it whenever its files change.

A reading finds the problems that a build would find. Without errors, it has the files of the tree
that the build would publish, made when they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl import resources
from catalogctl.pipeline.author_suggestions import suggest
from catalogctl.pipeline.cache_epochs import check_epoch
from catalogctl.pipeline.edition_files import EditionFiles, EditionValues
from catalogctl.pipeline.journal import read_journal
from catalogctl.pipeline.kept_parts import KeptParts
from catalogctl.pipeline.live_sources import LiveSources, read_all, read_some
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.plugin_records import Past
from catalogctl.pipeline.saved_answers import answer_queries, with_statistics
from catalogctl.problem import has_errors
from catalogctl.publish.build_context import BuildContext, extras
from catalogctl.source.history import read_history

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from catalogctl.pipeline.live_sources import LiveOptions
    from catalogctl.problem import Problem
    from catalogctl.publish.journal_files import Journal


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading a catalog; `files` is None if `problems` contain errors.

    `read` is the number of the catalog's files.
    """

    problems: tuple[Problem, ...]
    read: int
    plugins: int
    files: EditionFiles | None = None


class LiveCatalog:
    """A catalog and all that is known about it since it was last read."""

    def __init__(self, options: LiveOptions) -> None:
        self._options = options
        self._epoch = b""
        self._sources: LiveSources | None = None
        self._kept = KeptParts()
        self._past: Past | None = None
        self._journal: tuple[str | None, Journal] | None = None

    def read(self, changed: Collection[Path] | None = None) -> Reading:
        """Read what changed; `changed` are the only files that may have, if this is known.

        Raise UsageError or OutsideError if it fails, and TemplateFailedError if one of the
        catalog's own templates is broken.
        """
        before, self._sources = self._sources, None  # if this fails, all is read again
        sources = None
        if before is not None and changed is not None:
            sources = read_some(before, changed, self._options)
        if is_whole := sources is None:
            sources = self._read_all(before)
            if changed is None or any(map(_is_of_our_site, changed)):
                self._kept.forget_templates()
        problems, files = sources.problems(), None
        if not has_errors(problems):
            edition = self._edition(sources, problems)
            files = None if has_errors(problems) else EditionFiles(edition, self._kept)
        if files is not None and is_whole and sources.opened.top.own_site.templates:
            files.try_templates()
        self._sources = sources
        count = len(sources.opened.plugins.names)
        return Reading(tuple(sorted(problems)), sources.files(), count, files)

    def suggestions(self, plugin_id: str) -> tuple[Problem, ...]:
        """Return what a plugin lacks, for its author; nothing before the first reading."""
        sources = self._sources
        if sources is None or plugin_id not in sources.plugins:
            return ()
        return tuple(suggest(sources.opened, [plugin_id]))

    def _read_all(self, before: LiveSources | None) -> LiveSources:
        """Read everything that may have changed."""
        opened = open_catalog(self._options.catalog, self._options.working)
        epoch = check_epoch(opened.top.written)
        if epoch != self._epoch:
            self._epoch, self._past, self._journal, before = epoch, None, None, None
        history = read_history(
            opened.path,
            state=None if self._past is None else self._past.history,
            with_changes=True,
            files=(),
            allow_shallow=True,
        )
        return read_all(opened, history, self._options, before)

    def _edition(self, sources: LiveSources, problems: set[Problem]) -> EditionValues:
        """Return the edition, and add the problems of queries that fail on plugins' values."""
        context = self._context(sources)
        plugins = {stem: each.source for stem, each in sources.plugins.items() if each.source}
        summaries = {stem: each.summary for stem, each in plugins.items()}
        journal = self._read_journal(sources).with_plugins(
            summaries.keys() | sources.upstreams.owners.keys()
        )
        edition = EditionValues(
            sources.opened.top, context, plugins, summaries, sources.saved, journal
        )
        if sources.saved:
            repository_id = context.settings.repository_id
            documents = self._kept.documents(summaries, sources.saved, repository_id)
            _, found = answer_queries(
                sources.saved,
                documents,
                now=context.now,
                repository_id=repository_id,
                upstreams=context.upstreams,
            )
            problems.update(found)
        return edition

    def _context(self, sources: LiveSources) -> BuildContext:
        """Return the values that all files share."""
        options, settings, history = self._options, sources.opened.settings, sources.history
        base_url = options.base_url or settings.site.base_url
        context = BuildContext(
            settings=settings,
            base_url=base_url,
            now=options.now or history.commit_time or sources.dates.fallback,
            commit=history.commit,
            commit_time=history.commit_time,
            generator=options.generator,
            extras=extras(settings.site, len(sources.plugins), base_url),
            root_sha256=sources.opened.top.root_sha256,
            upstreams=sources.upstreams.upstreams,
        )
        return with_statistics(context)

    def _read_journal(self, sources: LiveSources) -> Journal:
        """Return the journal, read on from the last one, if there are other commits."""
        history, past = sources.history, self._past
        if self._journal is None or self._journal[0] != history.commit:
            goes_on = past is not None and past.journal.commit == history.since
            known = past.journal if past is not None and goes_on else None
            folder, settings = sources.opened.path, sources.opened.settings
            state = read_journal(history, folder, settings, state=known)
            self._past = None if history.state is None else Past(history.state, state)
            commit = history.commit if history.is_told_by_its_commit else ""
            self._journal = commit, state.journal()
        return self._journal[1]


def _is_of_our_site(path: Path) -> bool:
    """Return whether a file is a template, style, script or text that comes with catalogctl."""
    return path.is_relative_to(resources.folder("site"))
