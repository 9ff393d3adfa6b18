"""Read the files of a catalog again and again, each time only those that changed.

A whole reading looks at every file's signature and asks git. If only plugin files and locks that
were there before are known to have changed, the others are not even looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.content_hash import content_digest
from catalogctl.model.assemble import info_of, plugin
from catalogctl.pipeline.check_files import (
    check_file_without_lock,
    check_orphans,
    check_plugin_lock,
    conflicts_between,
    placed,
)
from catalogctl.pipeline.checked_upstreams import check_upstreams
from catalogctl.pipeline.document_checks import documents_as_checked
from catalogctl.pipeline.edition_files import PluginSource
from catalogctl.pipeline.file_dates import FileDates
from catalogctl.pipeline.plugin_records import PluginRecord
from catalogctl.pipeline.pool import spread
from catalogctl.pipeline.reuse import KnownSources
from catalogctl.pipeline.saved_queries import check_queries
from catalogctl.pipeline.summaries import summarize_file
from catalogctl.problem import has_errors
from catalogctl.times import clock
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from catalogctl.model.plugin_summary import PluginSummary
    from catalogctl.pipeline.check_files import FileCheck
    from catalogctl.pipeline.checked_upstreams import CheckedUpstreams
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.pipeline.saved_queries import SavedQuery
    from catalogctl.problem import Problem
    from catalogctl.source.history import History
    from catalogctl.validate.between_plugins import Conflict


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


class LivePlugin(NamedTuple):
    """What was found out about one plugin file and its lock.

    `lock` is the lock as read, if there is one. `source` is None if one of the two has errors;
    `record` is, too, if a file changed while it was read.
    """

    check: FileCheck[PluginSummary]
    lock: bytes | None
    lock_problems: tuple[Problem, ...]
    source: PluginSource | None
    record: PluginRecord | None


@dataclass(frozen=True, slots=True)
class LiveSources:
    """Everything that was read of a catalog.

    `plugins` has what belongs to each plugin file, by its stem, in order. `between` has the problem
    of each conflict between plugins, `orphans` those of locks and documents without a plugin, and
    the number of these files. `upstreams` is what was read of other repositories.
    """

    opened: OpenCatalog
    history: History
    dates: FileDates
    known: KnownSources
    saved: Sequence[SavedQuery]
    query_problems: Sequence[Problem]
    plugins: Mapping[str, LivePlugin]
    between: Mapping[Conflict, Problem]
    orphans: tuple[Sequence[Problem], int]
    upstreams: CheckedUpstreams

    def problems(self) -> set[Problem]:
        """Return all problems, except those of queries that fail on some plugins' values."""
        found = {
            *self.opened.problems,
            *self.query_problems,
            *self.between.values(),
            *self.orphans[0],
            *self.upstreams.problems,
        }
        for each in self.plugins.values():
            found.update(each.check.problems, each.lock_problems)
        return found

    def files(self) -> int:
        """Return the number of files read."""
        others = self.opened.files + len(self.opened.queries.names) + self.orphans[1]
        others += self.upstreams.files
        plugins = self.plugins.values()
        locks = sum(each.lock is not None for each in plugins)
        return others + locks + sum(each.check.files for each in plugins)

    def records(self) -> dict[str, PluginRecord]:
        """Return what the next reading can use."""
        return {stem: each.record for stem, each in self.plugins.items() if each.record}


def read_all(
    opened: OpenCatalog, history: History, options: LiveOptions, before: LiveSources | None
) -> LiveSources:
    """Read an open catalog; what a reading `before` found out of unchanged files is used again.

    `history` is that of the commits; the files that differ from it are found here.
    """
    like = next(iter(history.blobs.values()), "")
    known = KnownSources(before.records() if before else {}, opened, like)
    history = replace(history, uncommitted=frozenset(known.uncommitted(history)))
    dates = FileDates(history, opened.imported, clock(options.environ), opened.path)
    saved, query_problems = check_queries(opened)
    plugins_before = before.plugins if before else {}
    reader = _SourceReader(opened, dates, known, plugins_before, options.jobs)
    plugins = reader.read(opened.plugin_ids)
    between = _placed(opened, _conflicts(opened, plugins), plugins, before)
    return LiveSources(
        *(opened, history, dates, known, saved, query_problems),
        *(plugins, between, check_orphans(opened)),
        check_upstreams(opened, before.upstreams.known if before else None),
    )


def read_some(
    before: LiveSources, changed: Iterable[Path], options: LiveOptions
) -> LiveSources | None:
    """Read again only these plugin files and locks; return None if anything else has changed."""
    opened, known = before.opened, before.known
    stems = _stems(opened, changed)
    if stems is None:
        return None
    known.look_again(stems)
    here = {path for stem in stems for path in (f"plugins/{stem}.yaml", f"versions/{stem}.json")}
    uncommitted = {*before.history.uncommitted - here, *known.uncommitted(before.history, stems)}
    history = replace(before.history, uncommitted=frozenset(uncommitted))
    dates = replace(before.dates, history=history, fallback=clock(options.environ))
    reader = _SourceReader(opened, dates, known, before.plugins, options.jobs)
    plugins = {**before.plugins, **reader.read_new(stems)}
    is_same = all(before.plugins[stem].check.claim == plugins[stem].check.claim for stem in stems)
    found = before.between if is_same else _conflicts(opened, plugins)
    between = _placed(opened, found, plugins, before)
    return replace(before, history=history, dates=dates, plugins=plugins, between=between)


def _stems(opened: OpenCatalog, changed: Iterable[Path]) -> list[str] | None:
    """Return the plugins that these files belong to, None if one is not a plugin's known file."""
    stems: set[str] = set()
    for path in changed:
        folder, name = opened.path.resolve(), path.name
        stem = name.removesuffix(".yaml").removesuffix(".json")
        is_file = path.parent == folder / "plugins" and name == f"{stem}.yaml"
        is_lock = path.parent == folder / "versions" and name in opened.locks
        has_file = f"{stem}.yaml" in opened.plugins.names
        if not ((is_file or is_lock) and has_file and path.is_file() and not path.is_symlink()):
            return None
        stems.add(stem)
    return sorted(stems)


def _conflicts(opened: OpenCatalog, plugins: Mapping[str, LivePlugin]) -> list[Conflict]:
    claims = [each.check.claim for each in plugins.values() if each.check.claim]
    return conflicts_between(opened, claims)


def _placed(
    opened: OpenCatalog,
    found: Iterable[Conflict],
    plugins: Mapping[str, LivePlugin],
    before: LiveSources | None,
) -> dict[Conflict, Problem]:
    """Return the problem of each conflict; its files are read only if they changed since."""

    def is_known(conflict: Conflict) -> bool:
        stems = (conflict.stem, conflict.other[0]) if conflict.other else (conflict.stem,)
        return all(stem in old and old[stem].check is plugins[stem].check for stem in stems)

    old = {} if before is None else before.plugins
    known = {} if before is None else before.between
    return {
        each: known[each] if each in known and is_known(each) else placed(opened, each)
        for each in found
    }


class _SourceReader:
    """Reads plugin files with their locks, each of them only if it is not known."""

    def __init__(
        self,
        opened: OpenCatalog,
        dates: FileDates,
        known: KnownSources,
        before: Mapping[str, LivePlugin],
        jobs: int | None,
    ) -> None:
        self._opened = opened
        self._dates = dates
        self._known = known
        self._before = before
        self._jobs = jobs

    def read(self, stems: Sequence[str]) -> dict[str, LivePlugin]:
        """Return what is to be known of these plugins, in this order."""
        kept = {stem: self._kept(stem) for stem in stems}
        made = self.read_new([stem for stem, each in kept.items() if each is None])
        return {stem: each or made[stem] for stem, each in kept.items()}

    def read_new(self, stems: Sequence[str]) -> dict[str, LivePlugin]:
        """Read and check these plugins."""
        read = spread(self._check, stems, self._jobs)
        return {stem: self._with_record(stem, each) for stem, each in zip(stems, read, strict=True)}

    def _kept(self, stem: str) -> LivePlugin | None:
        """Return what is known of a plugin, if its file, its lock and its dates are the same."""
        before = self._before.get(stem)
        if before is None or before.record is None:
            return None
        record, lock = before.record, self._known.locks.get(f"{stem}.json")
        if (lock and lock.digest) != (record.lock and record.lock.digest):
            return None
        if lock is None and f"{stem}.json" in self._opened.locks:  # it can't be read
            return None
        if self._known.check(f"{stem}.yaml", self._dates) is None:
            return None
        file, documents = self._known.files[f"{stem}.yaml"], self._known.documents_of(stem)
        if record.file is file and record.lock is lock and record.documents == documents:
            return before
        now = msgspec.structs.replace(record, file=file, lock=lock, documents=documents)
        return before._replace(record=now)

    def _check(self, stem: str) -> LivePlugin:
        """Read and check a plugin file and its lock."""
        opened, dates = self._opened, self._dates
        check = check_file_without_lock(
            opened,
            f"{stem}.yaml",
            lambda file, icon_path: summarize_file(
                file, opened.settings.repository_info, dates.of_file(file.file), icon_path
            ),
        )
        summary = check.value
        info = None if summary is None else info_of(summary)
        lock, problems = check_plugin_lock(opened, stem, info)
        data = None if lock is None else lock.data
        source = None
        if summary is not None and not has_errors(problems):
            whole = plugin(summary, lock, info).summary
            documents = documents_as_checked(opened, stem, check.documents)
            source = PluginSource(whole, data, documents, is_used=not problems)
        return LivePlugin(check, data, tuple(problems), source, None)

    def _with_record(self, stem: str, made: LivePlugin) -> LivePlugin:
        """Return what was found out with a record of it, unless a file changed meanwhile."""
        check, source = made.check, made.source
        file, lock = self._known.files.get(f"{stem}.yaml"), self._known.locks.get(f"{stem}.json")
        digest = None if made.lock is None else content_digest(made.lock)
        if source is None or check.claim is None or file is None or file.digest != check.digest:
            return made
        documents = self._known.documents_of(stem)
        if (lock and lock.digest) != digest or documents.digest != check.documents:
            return made
        record = PluginRecord(
            file=file,
            lock=lock,
            uses_lock=lock is not None and not made.lock_problems,
            summary=source.summary,
            claim=check.claim,
            problems=(
                self._opened.unlabelled(check.problems),
                self._opened.unlabelled(made.lock_problems),
            ),
            documents=documents,
            shown=b"",
            files=(),
        )
        return made._replace(record=record)
