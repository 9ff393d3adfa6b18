"""Compute what two states of a catalog would publish, as far as it differs, and their problems.

Each plugin that both states have is read and checked once, and not at all if a cache knows it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.codes import all_codes
from catalogctl.diff.list_changes import ListedPlugins
from catalogctl.diff.query_changes import Asked, both_answered
from catalogctl.diff.upstream_changes import upstream_answers
from catalogctl.model.assemble import info_of, plugin
from catalogctl.model.plugin_summary import PluginSummary
from catalogctl.pipeline.check_files import (
    FileCheck,
    check_file,
    check_orphans,
    conflicts_between,
    placed,
    with_documents,
)
from catalogctl.pipeline.pool import spread
from catalogctl.pipeline.saved_queries import check_queries
from catalogctl.pipeline.summaries import summarize_file
from catalogctl.problem import Severity, has_errors
from catalogctl.publish.endpoints import GET, GET_VERSIONS, LOCK, filled
from catalogctl.publish.facets import facet_counts

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence

    from catalogctl.diff.query_changes import Answered
    from catalogctl.pipeline.check_files import CheckedFile
    from catalogctl.pipeline.checked_plugins import CheckedPlugin
    from catalogctl.pipeline.checked_upstreams import CheckedUpstreams
    from catalogctl.pipeline.file_dates import FileDates
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.pipeline.saved_queries import SavedQuery
    from catalogctl.problem import Problem
    from catalogctl.source.settings import Settings
    from catalogctl.validate.between_plugins import Claim, Conflict


@dataclass(frozen=True, slots=True)
class PublishedState:
    """What a state of a catalog would publish, as far as it may differ from the other one.

    `answers` has something that identifies the content of each answer, by path. `counts` are those
    of each stat. If the catalog has errors, only its valid plugins count. `names` are the plugins'
    names by plugin_id.
    """

    problems: tuple[Problem, ...] = ()
    has_errors: bool = False
    answers: Mapping[str, Hashable] = field(default_factory=dict)
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


class ComparedState(NamedTuple):
    """One of the states to compare: an open catalog, the dates of its files, and its upstreams.

    The fallback of the dates is the reference time of saved queries.
    """

    opened: OpenCatalog
    dates: FileDates
    upstreams: CheckedUpstreams


class _Hashed(msgspec.Struct, frozen=True, gc=False):
    """A plugin with the hash of its lock; `is_dated` means that its summary has these dates."""

    summary: PluginSummary
    lock: str | None
    is_dated: bool = True


_Check = FileCheck[_Hashed]


def both_published(
    old: ComparedState,
    new: ComparedState,
    touched: Collection[str],
    known: Mapping[str, CheckedPlugin],
    jobs: int | None = None,
) -> tuple[PublishedState, PublishedState]:
    """Return what both states of a catalog would publish.

    `touched` are the plugins whose files or dates may differ; all others are the same in both.
    `known` are those that need not be checked.
    """
    names = set(old.opened.plugins.names).intersection(new.opened.plugins.names)
    names.difference_update(f"{stem}.yaml" for stem in touched)
    shared = _shared(new, names, known, jobs)
    was, will_be = (_Side(each, shared, jobs) for each in (old, new))
    before, after = _conflicts(was, will_be)
    answered = both_answered(was.asked(), will_be.asked(), new.dates.fallback)
    values = (each.value for each in shared.values())
    counts = facet_counts([each.summary for each in values if each is not None])
    differ = old.upstreams.upstreams != new.upstreams.upstreams
    return (
        was.published(before, answered[0], counts, with_upstreams=differ),
        will_be.published(after, answered[1], counts, with_upstreams=differ),
    )


def _shared(
    state: ComparedState, names: Iterable[str], known: Mapping[str, CheckedPlugin], jobs: int | None
) -> dict[str, _Check]:
    """Return the checks of the plugin files that both states have."""
    checks: dict[str, _Check] = {}
    new: list[str] = []
    for name in names:
        record = known.get(name.removesuffix(".yaml"))
        if record is None:
            new.append(name)
            continue
        value = _Hashed(record.summary, None, is_dated=False)
        checks[name] = FileCheck(record.claim, record.warnings(state.opened), 1, value)
    checks.update(_checked(state, sorted(new), jobs))
    return checks


def _checked(state: ComparedState, names: Sequence[str], jobs: int | None) -> dict[str, _Check]:
    """Read and check these plugin files, their locks and their documents."""
    opened, dates, _ = state

    def make(checked: CheckedFile) -> _Hashed:
        own_dates = dates.of_file(checked.file)
        summary = summarize_file(checked, opened.settings.repository_info, own_dates)
        whole = plugin(summary, checked.lock)
        return _Hashed(whole.summary, None if whole.lock is None else _hash(whole.lock))

    def check(name: str) -> _Check:
        return with_documents(opened, name, check_file(opened, name, make))

    checks = spread(check, names, jobs)
    return dict(zip(names, checks, strict=True))


class _Side:
    """One of the states, with all its plugin files checked."""

    def __init__(
        self, state: ComparedState, shared: Mapping[str, _Check], jobs: int | None
    ) -> None:
        self.opened, self._dates, self.upstreams = state
        self._saved: Sequence[SavedQuery]
        self._saved, self._query_problems = check_queries(self.opened)
        self._shared = shared
        self._own = _checked(
            state, [name for name in self.opened.plugins.names if name not in shared], jobs
        )
        self._checks = [
            shared[name] if name in shared else self._own[name]
            for name in self.opened.plugins.names
        ]
        claims = (each.claim for each in self._checks)
        self.claims: Sequence[Claim] = [each for each in claims if each is not None]

    @property
    def claimed(self) -> tuple[Settings, Sequence[str], Sequence[Claim]]:
        """What conflicts depend on, but for the order in which plugins arrived."""
        return self.opened.settings, self.opened.plugins.names, self.claims

    @property
    def own_stems(self) -> set[str]:
        """The plugins that may differ from those of the other state."""
        return {name.removesuffix(".yaml") for name in self._own}

    def asked(self) -> Asked:
        """Return the queries, and what they are to be answered of."""
        repository_id = self.opened.settings.repository_id
        own = [each.summary for each in self._own_values()]
        theirs = self.upstreams.upstreams
        return Asked(self._saved, own, self._dated, repository_id, theirs)

    def _own_values(self) -> list[_Hashed]:
        return [each.value for each in self._own.values() if each.value is not None]

    def _dated(self) -> list[PluginSummary]:
        """Return the summaries of all valid plugins, with their dates."""
        return [
            each.value.summary if each.value.is_dated else _dated(each.value.summary, self._dates)
            for each in self._checks
            if each.value is not None
        ]

    def published(
        self,
        conflicts: Iterable[Conflict],
        answered: Answered,
        counts: Mapping[str, Counter[str]],
        *,
        with_upstreams: bool,
    ) -> PublishedState:
        """Return what the state would publish; `conflicts` are those to report.

        `counts` say how many of the plugins of both states have each value of each field.
        `with_upstreams` says whether the upstreams may differ.
        """
        problems = {*self.opened.problems, *self._query_problems, *answered.problems}
        problems.update(self.upstreams.problems)
        theirs = self.upstreams.upstreams if with_upstreams else ()
        for each in self._checks:
            problems.update(each.problems)
        problems.update(placed(self.opened, each) for each in conflicts)
        problems.update(check_orphans(self.opened)[0])
        values = [each.value for each in self._checks if each.value is not None]
        listed = ListedPlugins(
            [each.summary for each in values],
            [each.summary for each in self._own_values()],
            counts,
        )
        return PublishedState(
            tuple(sorted(problems)),
            has_errors(problems),
            {
                **dict(self._own_answers()),
                **dict(listed.lists(self.opened.settings.site)),
                **answered.files,
                **dict(upstream_answers(theirs, self.opened.settings)),
            },
            answered.counts,
            {each.summary.plugin_id: each.summary.name for each in values},
        )

    def _own_answers(self) -> Iterator[tuple[str, Hashable]]:
        """Yield the answers about each plugin that may differ."""
        for each in self._own_values():
            summary = each.summary
            given = {"plugin_id": summary.plugin_id}
            yield filled(GET, given), summary.encoded
            yield filled(GET_VERSIONS, given), summary.versions.sha256
            if each.lock is not None:
                yield filled(LOCK, given), each.lock


def _conflicts(was: _Side, will_be: _Side) -> tuple[list[Conflict], list[Conflict]]:
    """Return the conflicts between the plugins of each state, without warnings that are no news.

    A warning about a file that both states have is left out, if they have all its warnings.
    """
    before = conflicts_between(was.opened, was.claims)
    after = before
    if was.claimed != will_be.claimed or any(each.other for each in before):
        after = conflicts_between(will_be.opened, will_be.claims)
    news = {each.stem for each in {*before} ^ {*after}} | was.own_stems | will_be.own_stems
    one, other = (
        [each for each in found if each.stem in news or _is_error(each)]
        for found in (before, after)
    )
    return one, other


def _is_error(conflict: Conflict) -> bool:
    return all_codes()[conflict.finding.code].severity is Severity.ERROR


def _dated(summary: PluginSummary, dates: FileDates) -> PluginSummary:
    """Return the summary of a plugin with these dates."""
    stem = summary.plugin_id
    created_at, updated_at = dates.of_plugin(stem, f"{stem}.yaml")
    if (created_at, updated_at) == (summary.created_at, summary.updated_at):
        return summary
    info = {**info_of(summary), "created_at": created_at, "updated_at": updated_at}
    return msgspec.structs.replace(
        summary, created_at=created_at, updated_at=updated_at, encoded=msgspec.json.encode(info)
    )


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
