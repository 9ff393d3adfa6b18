"""Synchronize the committed files of upstreams with what these publish now.

An upstream is read completely, and guarded, before any of its files is written. A run that is
killed leaves each file old or new, and the next one goes on: `source.json` comes before the last
plugin, so as long as a file is missing, a plugin differs from the edition.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.errors import CatalogctlError, OutsideError, UsageError
from catalogctl.files import Replacement, replace_files
from catalogctl.pipeline.checked_upstreams import answering
from catalogctl.pipeline.open_catalog import open_catalog
from catalogctl.pipeline.working_tree import CatalogHasProblemsError
from catalogctl.problem import Problem, Severity
from catalogctl.source.upstream_files import (
    MAX_FILE_SIZE,
    PLUGINS,
    SOURCE_FILE,
    UPSTREAM,
    UpstreamSource,
    decode_plugin,
    encode_upstream_file,
    taken_hash,
)
from catalogctl.sync.sync_outcome import SyncReport, Takeover, UpstreamOutcome, UpstreamState
from catalogctl.sync.taking import Taken, hashes_of, take
from catalogctl.sync.upstream_edition import Hashes, WrongEditionError
from catalogctl.sync.upstream_tree import connect, read_tree
from catalogctl.times import clock
from catalogctl.validate.upstream_rules import check_upstream_source
from catalogctl.wording import first_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.fetch.fetch_limits import FetchLimits
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.settings import UpstreamSettings
    from catalogctl.source.upstream_files import TakenPlugin
    from catalogctl.sync.upstream_edition import UpstreamEdition

MOST_GONE, PART_GONE = 5, 0.2
"""More plugins than the first, and a greater part of them than the second, do not just vanish."""


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """What to synchronize: the `wanted` upstreams, or all if it is empty.

    `check` writes nothing. The guards against a loss of plugins and an older edition can be turned
    off.
    """

    catalog: Path
    environ: Mapping[str, str]
    wanted: Sequence[str] = ()
    check: bool = False
    allow_removals: bool = False
    allow_older: bool = False
    limits: FetchLimits | None = None


class Committed(NamedTuple):
    """The committed files of an upstream.

    `data` has the bytes of each file in its folder, by name, `plugins` the intact plugins by id;
    `source` is None if there is no usable `source.json`.
    """

    names: frozenset[str]
    data: Mapping[str, bytes]
    plugins: Mapping[str, TakenPlugin]
    source: UpstreamSource | None


def sync(options: SyncOptions) -> SyncReport:
    """Read the upstreams, and write what changed.

    Raise CatalogHasProblemsError if catalog.yaml has errors, UsageError for an unknown upstream. A
    failing upstream is part of the report.
    """
    began = time.monotonic()
    opened = open_catalog(options.catalog)
    outcomes = []
    for each in chosen(opened, options.wanted):
        outcomes.append(_outcome(opened, each, options))
        if not options.check and outcomes[-1].state is UpstreamState.CHANGED:
            opened = open_catalog(options.catalog)
    return SyncReport(outcomes, time.monotonic() - began, is_check=options.check)


def chosen(opened: OpenCatalog, wanted: Sequence[str]) -> list[UpstreamSettings]:
    """Return the upstreams of these names, in the catalog's order; all if none is named."""
    errors = tuple(each for each in opened.top.problems if each.severity is Severity.ERROR)
    if errors:
        raise CatalogHasProblemsError(errors)
    upstreams = opened.settings.upstreams
    if not upstreams:
        raise UsageError("catalog.yaml has no upstreams: docs/upstreams.md says how to add one")
    known = [each.name for each in upstreams]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise UsageError(f"catalog.yaml has no upstream {unknown[0]}: it has {', '.join(known)}")
    return [each for each in upstreams if not wanted or each.name in wanted]


def _outcome(
    opened: OpenCatalog, upstream: UpstreamSettings, options: SyncOptions
) -> UpstreamOutcome:
    """Synchronize one upstream, and return what became of it."""
    name = upstream.name
    asked: list[str] = []
    try:
        run = _UpstreamSync(opened, upstream, options, committed(opened, upstream))
        return replace(read(opened, upstream, options, asked, run.outcome), requests=len(asked))
    except CatalogctlError as error:
        return UpstreamOutcome(name, UpstreamState.after(error), str(error), requests=len(asked))


def read(
    opened: OpenCatalog,
    upstream: UpstreamSettings,
    options: SyncOptions,
    asked: list[str],
    use: Callable[[UpstreamEdition], UpstreamOutcome],
) -> UpstreamOutcome:
    """Return the result of `use` on the edition of an upstream; `asked` gets what is asked for."""
    if upstream.endpoint:
        from catalogctl.sync.upstream_endpoint import read_endpoint

        return read_endpoint(upstream, opened.path, options.environ, use)
    connection = connect(upstream, opened.path, options.environ, options.limits)
    return read_tree(connection._replace(asked=asked), use)


def committed(opened: OpenCatalog, upstream: UpstreamSettings) -> Committed:
    """Read the committed files of an upstream. Raise OutsideError if one can't be read."""
    folders = {each.name: each for each in opened.upstreams.folders}
    folder = folders.get(upstream.name)
    if folder is None:
        return Committed(frozenset(), {}, {}, None)
    data: dict[str, bytes] = {}
    for name in folder.names:
        data[path_of(name)] = _bytes(folder.plugins.read(name, MAX_FILE_SIZE))
    if folder.top.has(SOURCE_FILE):
        data[SOURCE_FILE] = _bytes(folder.top.read(SOURCE_FILE))
    plugins = dict(_intact(folder.names, data))
    source = None
    if SOURCE_FILE in data:
        source, _ = check_upstream_source(SOURCE_FILE, data[SOURCE_FILE], upstream)
    return Committed(frozenset(folder.names), data, plugins, source)


def _bytes(read: bytes | Problem) -> bytes:
    if isinstance(read, Problem):
        raise OutsideError(f"{read.file}: {read.message}")
    return read


def _intact(names: Iterable[str], data: Mapping[str, bytes]) -> Iterator[tuple[str, TakenPlugin]]:
    """Yield the plugins whose files nobody edited; the others are written anew."""
    for name in names:
        try:
            taken = decode_plugin(data[path_of(name)])
            is_intact = taken.sha256.taken == taken_hash(taken.plugin, taken.versions)
        except ValueError:
            continue
        if is_intact:
            yield name.removesuffix(".json"), taken


class _FileChanges(NamedTuple):
    """The new bytes of plugins' files by name, and the ids of the plugins whose files go."""

    files: Mapping[str, bytes] = {}
    gone: Sequence[str] = ()


def path_of(name: str) -> str:
    """Return the path of a plugin's file in its upstream's folder."""
    return f"{PLUGINS}/{name}"


class _UpstreamSync:
    """The synchronization of one upstream, whose committed files are `old`."""

    def __init__(
        self,
        opened: OpenCatalog,
        upstream: UpstreamSettings,
        options: SyncOptions,
        old: Committed,
    ) -> None:
        self._opened = opened
        self._upstream = upstream
        self._options = options
        self._old = old
        self._now = clock(options.environ)

    def outcome(self, edition: UpstreamEdition) -> UpstreamOutcome:
        """Take an edition over. Raise WrongEditionError if a guard refuses it."""
        self._guard_edition(edition)
        if self._is_known(edition):
            return self._result(edition, Taken(), _FileChanges())
        known = {name: self._known(name) for name in self._old.plugins}
        moment = edition.now or self._now
        settings = self._opened.settings
        plugins = edition.plugins(known)
        taken = take(plugins, self._old.plugins, self._upstream, settings, moment)
        change = self._change(taken)
        self._guard_plugins(taken, change.gone)
        if self._is_due(change) and not self._options.check:
            self._write(edition, change)
        return self._result(edition, taken, change)

    def _change(self, taken: Taken) -> _FileChanges:
        """Return the files that change, and the plugins whose files go.

        These are no longer there, or no longer match the filter. A plugin that is refused or held
        keeps its file.
        """
        old = self._old
        new = {f"{name}.json": data for name, data in taken.files.items()}
        files = {name: each for name, each in new.items() if old.data.get(path_of(name)) != each}
        kept = taken.matching | taken.refused.keys() | self._upstream.hold
        gone = {name.removesuffix(".json") for name in old.names} - kept
        return _FileChanges(files, sorted(gone))

    def _is_due(self, change: _FileChanges) -> bool:
        """Return whether a file is to be written."""
        return bool(change.files or change.gone) or self._old.source is None

    def _notes(self, edition: UpstreamEdition, taken: Taken) -> Iterator[str]:
        """Yield what else a person should know about an edition."""
        if self._old.source is None and self._old.names:
            yield f"{SOURCE_FILE} is missing, or can't be used: it is written anew"
        if taken.unknown:
            names = first_of(sorted(taken.unknown), 5)
            yield f"fields that PluginInfo does not have are left out: {names}"
        yield from self._ages(edition)

    def _is_known(self, edition: UpstreamEdition) -> bool:
        """Return whether this edition was taken completely, so that nothing can have changed."""
        old, source = self._old, self._old.source
        free = old.plugins.keys() - self._upstream.hold
        return (
            source is not None
            and edition.manifest_sha256 is not None
            and source.manifest_sha256 == edition.manifest_sha256
            and not self._upstream.filter
            and len(old.plugins) == len(old.names) == source.total_count
            and source.total_count <= self._upstream.max_plugins
            and all(edition.hashes(each) == self._known(each) for each in free)
        )

    def _known(self, plugin_id: str) -> Hashes:
        """Return the hashes of a committed plugin's files when it was taken."""
        return hashes_of(self._old.plugins[plugin_id])

    def _guard_edition(self, edition: UpstreamEdition) -> None:
        """Raise WrongEditionError if this is another repository, or an older edition.

        Neither is one taken whose `source.json` would be refused.
        """
        found, expected = edition.repository_info["repository_id"], self._upstream.repository_id
        if found != expected:
            raise WrongEditionError(
                f"{edition.url} is repository {found}, and catalog.yaml says {expected}"
            )
        new = encode_upstream_file(_source_of(edition))
        _, problems = check_upstream_source(SOURCE_FILE, new, self._upstream)
        if problems:
            raise WrongEditionError(f"{edition.url} can't be taken: {problems[0].message}")
        source = self._old.source
        taken = None if source is None else source.now
        if edition.now and taken and edition.now < taken and not self._options.allow_older:
            raise WrongEditionError(
                f"{edition.url} is from {edition.now}, older than the edition that was taken, from"
                f" {taken} (--allow-older takes it)"
            )

    def _guard_plugins(self, taken: Taken, gone: Sequence[str]) -> None:
        """Raise WrongEditionError if there are too many plugins, or too many are gone."""
        most, count = self._upstream.max_plugins, len(taken.matching)
        if count > most:
            raise WrongEditionError(f"it has {count} plugins; max_plugins is {most}")
        before = len(self._old.names)
        is_loss = len(gone) > MOST_GONE and len(gone) > PART_GONE * before
        if is_loss and not self._options.allow_removals:
            raise WrongEditionError(
                f"{len(gone)} of {before} plugins are gone, or no longer match its filter"
                " (--allow-removals removes them)"
            )

    def _ages(self, edition: UpstreamEdition) -> Iterator[str]:
        """Yield a note if the edition is old, or the one that was taken is behind it."""
        most = self._upstream.max_age
        if edition.now is None:
            return
        seconds = _seconds(edition.now, self._now)
        if most is not None and seconds > most:
            yield f"its edition is from {edition.now}, {int(seconds // 86_400)} days ago"
        source = self._old.source
        if self._options.check and source is not None and source.now and source.now < edition.now:
            behind = _seconds(source.now, edition.now)
            yield f"the edition that was taken is {behind / 86_400:.1f} days behind"

    def _write(self, edition: UpstreamEdition, change: _FileChanges) -> None:
        """Write the files that changed, `source.json` before the last plugin."""
        new: dict[str, bytes | None] = {path_of(name): each for name, each in change.files.items()}
        new.update((path_of(f"{name}.json"), None) for name in change.gone)
        *most, last = [*new.items(), (SOURCE_FILE, encode_upstream_file(_source_of(edition)))]
        ordered = [*most[:-1], last, *most[-1:]]
        folder, old = f"{UPSTREAM}/{self._upstream.name}", self._old.data
        files = [Replacement(f"{folder}/{name}", old.get(name), data) for name, data in ordered]
        replace_files(self._opened.path, [each for each in files if each.before != each.after])

    def _result(
        self, edition: UpstreamEdition, taken: Taken, change: _FileChanges
    ) -> UpstreamOutcome:
        written = {name.removesuffix(".json") for name in change.files}
        before = {name.removesuffix(".json") for name in self._old.names}
        after = (before | written).difference(change.gone)
        return UpstreamOutcome(
            name=self._upstream.name,
            state=UpstreamState.CHANGED if self._is_due(change) else UpstreamState.UNCHANGED,
            added=sorted(written - before),
            changed=sorted(written & before),
            removed=change.gone,
            refused=dict(sorted(taken.refused.items())),
            takeovers=takeovers(self._opened, {self._upstream.name: after}),
            notes=[*self._notes(edition, taken)],
            plugins=len(after),
            now=edition.now,
            taken=None if self._old.source is None else self._old.source.now,
        )


def _source_of(edition: UpstreamEdition) -> UpstreamSource:
    """Return what `source.json` says of an edition."""
    return UpstreamSource(
        upstream_version=1,
        repository_info=edition.repository_info,
        url=edition.url,
        commit=edition.commit,
        now=edition.now,
        manifest_sha256=edition.manifest_sha256,
        total_count=edition.total_count,
    )


def _seconds(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def takeovers(opened: OpenCatalog, changed: Mapping[str, Iterable[str]]) -> list[Takeover]:
    """Return the plugins that another repository will answer for; `changed` has upstreams' ids."""
    before = answering(opened)
    after = answering(opened, changed)
    return [
        Takeover(plugin_id, before[plugin_id], after[plugin_id])
        for plugin_id in sorted(before.keys() & after.keys())
        if before[plugin_id] != after[plugin_id]
    ]
