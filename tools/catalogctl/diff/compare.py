"""Compare a catalog, in a work tree or a commit, with the branch to merge it into."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.build_cache.cache_file import CacheFile
from catalogctl.diff.calls_of_changes import Sides, file_changes, maintainers
from catalogctl.diff.difference import ChangedAnswers, Comparison, FileChange, kind_of
from catalogctl.diff.published_changes import ComparedState, PublishedState, both_published
from catalogctl.diff.states import ComparedPlace, open_states
from catalogctl.diff.upstream_changes import both_checked, taken_over
from catalogctl.diff.verdict import judge, labels
from catalogctl.errors import UsageError
from catalogctl.pipeline.cache_epochs import check_epoch
from catalogctl.pipeline.checked_plugins import read_checked
from catalogctl.pipeline.checked_upstreams import KnownUpstreams
from catalogctl.pipeline.file_dates import FileDates
from catalogctl.problem import Problem, Severity
from catalogctl.source.document import parse
from catalogctl.source.folder import SETTINGS_FILE, label_of
from catalogctl.source.git import Git, lies_in_git
from catalogctl.source.git_diff import (
    commit_of,
    find_base,
    read_committed,
)
from catalogctl.source.history import History, history_at, work_tree
from catalogctl.source.settings import Settings, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from catalogctl.diff.states import States
    from catalogctl.pipeline.checked_plugins import CheckedPlugins
    from catalogctl.source.git_diff import Base


@dataclass(frozen=True, slots=True)
class DiffOptions:
    """What to compare: the catalog in a folder with its merge base with the branch `base`.

    `head` is the commit to judge, or None for the work tree. `actor` is the requester (`@handle`).
    Reports name files relative to `working`. `cache` is the folder of the catalog's cache, which is
    only read; `tell` is called with a line for the user if something is wrong with it.
    """

    catalog: Path
    base: str
    actor: str | None = None
    working: Path | None = None
    jobs: int | None = None
    head: str | None = None
    cache: Path | None = None
    tell: Callable[[str], None] = lambda _: None


def compare(options: DiffOptions) -> Comparison:
    """Return what a change amounts to. Raise UsageError or OutsideError, which say what to do."""
    if not lies_in_git(options.catalog.resolve()):
        message = f"{options.catalog} is not in a git repository: there is no base to compare"
        raise UsageError(message)
    git = Git(options.catalog)
    root = work_tree(git)
    head = None if options.head is None else commit_of(git, options.head, "--head")
    base = find_base(git, options.base, head or "HEAD")
    working = options.working or Path.cwd()
    label = label_of(options.catalog, working)
    where = ComparedPlace(git, root, options.catalog, label)
    with tempfile.TemporaryDirectory(prefix="catalogctl-") as folder:
        states = open_states(where, base.commit, head, Path(folder))
        with CacheFile(options.cache, writes=False, tell=options.tell) as rows:
            epoch = check_epoch(states.new.top.written)
            known = read_checked(rows, epoch)
            upstreams = both_checked(states, KnownUpstreams(rows, epoch).files)
        sides = Sides(
            where=where,
            working=working.resolve(),
            old=states.old,
            new=states.new,
            policy=_policy(git, base.tip) or states.new.settings,
            history=history_at(git, root, base.commit, History(state=known.history)),
            upstreams=upstreams,
        )
        return _compare(replace(options, head=head), sides, states, base, known)


def _compare(
    options: DiffOptions, sides: Sides, states: States, base: Base, known: CheckedPlugins
) -> Comparison:
    changes = file_changes(sides, states.changed)
    if base.tip != base.commit:
        changes = _owned_now(sides, base, changes)
    if not any(change.place for change in changes):
        verdict = judge(changes, sides.policy, options.actor)
        return Comparison(
            base.commit, tuple(changes), ChangedAnswers(), verdict, labels(changes), base.notes
        )
    was, will_be = _published(options, sides, states, changes, known)
    found = (*will_be.problems, *taken_over(sides.old, sides.new))
    changes = _with_problems(sides, changes, was.problems, found)
    changes = sides.judged(changes, was.names)
    verdict = judge(changes, sides.policy, options.actor)
    answers = None if _breaks(sides, was, will_be) else _answers(was, will_be)
    is_begun = any(
        sides.place(each.path) == SETTINGS_FILE and not each.before for each in states.changed
    )
    notes = (*base.notes, *_notes_on_base(was, answers, is_begun=is_begun))
    return Comparison(base.commit, tuple(changes), answers, verdict, labels(changes), notes)


def _published(
    options: DiffOptions,
    sides: Sides,
    states: States,
    changes: Sequence[FileChange],
    known: CheckedPlugins,
) -> tuple[PublishedState, PublishedState]:
    """Return what both states would publish."""
    at_base, catalog, old = sides.history, options.catalog, states.old
    head = options.head or "HEAD"
    at_head = history_at(sides.where.git, sides.where.root, head, at_base)
    touched = {sides.place(each.path): 1 if each.before else 2 for each in states.changed}
    new = replace(states.new, touched=touched)
    now = at_head.commit_time or ""
    merged = _dates_kept(at_base, at_head, changes)
    return both_published(
        ComparedState(old, FileDates(at_base, old.imported, now, catalog), sides.upstreams[0]),
        ComparedState(new, FileDates(merged, new.imported, now, catalog), sides.upstreams[1]),
        states.touched,
        known.holding(at_base, new),
        options.jobs,
    )


def _policy(git: Git, tip: str) -> Settings | None:
    """Return the current settings of the branch to merge into; None if it has none."""
    data = read_committed(git, tip, [SETTINGS_FILE]).get(SETTINGS_FILE)
    return None if data is None else settings(parse(SETTINGS_FILE, "catalog", data).value)


def _owned_now(sides: Sides, base: Base, changes: Sequence[FileChange]) -> list[FileChange]:
    """Return the changes with the current owners of their plugins on the base.

    Owners at the merge base may no longer be owners.
    """
    places = {f"plugins/{each.plugin_id}.yaml" for each in changes if each.plugin_id is not None}
    known = read_committed(sides.where.git, base.tip, places) if places else {}
    owners = {place: maintainers(parse(place, "", data).value) for place, data in known.items()}
    return [
        replace(change, owners=owners.get(f"plugins/{change.plugin_id}.yaml", ()))
        if change.plugin_id is not None and "register" not in change.calls and not change.event
        else change
        for change in changes
    ]


def _dates_kept(at_base: History, at_head: History, changes: Sequence[FileChange]) -> History:
    """Return the later history, with the earlier dates of files that no call changed.

    Otherwise, editing a comment would change a date in every list.
    """
    if at_head is at_base:
        return at_head
    called = {change.place for change in changes if change.calls}
    kept = {path: dates for path, dates in at_base.dates.items() if path not in called}
    return replace(at_head, dates={**at_head.dates, **kept})


def _breaks(sides: Sides, was: PublishedState, will_be: PublishedState) -> bool:
    """Return whether the catalog has an error that the base doesn't have."""
    known = _known(sides, was.problems)
    return any(
        sides.known_as(each) not in known
        for each in will_be.problems
        if each.severity is Severity.ERROR
    )


def _notes_on_base(
    was: PublishedState, answers: ChangedAnswers | None, *, is_begun: bool
) -> Iterator[str]:
    """Yield what to know about a base that would not be published."""
    if is_begun:
        yield "there is no catalog in the base: all plugins are new"
    elif was.has_errors and answers is not None:
        yield (
            "the catalog has errors in the base already, and is not published until they are"
            " corrected (catalogctl validate): answers are compared without what is wrong"
        )


def _answers(was: PublishedState, will_be: PublishedState) -> ChangedAnswers:
    """Return which published answers differ."""
    before, after = was.answers, will_be.answers
    counts = {
        stat: dict(_moved(was.counts.get(stat, {}), values))
        for stat, values in will_be.counts.items()
    }
    return ChangedAnswers(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(path for path in after.keys() & before.keys() if after[path] != before[path])),
        tuple(sorted(before.keys() - after.keys())),
        {stat: values for stat, values in counts.items() if values},
    )


def _moved(
    before: Mapping[str, int], after: Mapping[str, int]
) -> Iterator[tuple[str, tuple[int, int]]]:
    for value in sorted(before.keys() | after.keys()):
        counts = before.get(value, 0), after.get(value, 0)
        if counts[0] != counts[1]:
            yield value, counts


def _known(sides: Sides, problems: Sequence[Problem]) -> set[tuple[str, str, str]]:
    """Return the keys that identify problems of the base."""
    return {sides.known_as(each) for each in problems}


def _with_problems(
    sides: Sides,
    changes: Sequence[FileChange],
    was: Sequence[Problem],
    will_be: Sequence[Problem],
) -> list[FileChange]:
    """Return the changes with their files' problems, and other files that have new problems."""
    known = _known(sides, was)
    by_file: dict[str, list[Problem]] = {}
    for problem in will_be:
        by_file.setdefault(problem.file, []).append(problem)
    changed = [
        replace(change, problems=(*by_file.pop(change.file, ()), *change.problems))
        for change in changes
    ]
    for file, problems in by_file.items():
        new = [each for each in problems if sides.known_as(each) not in known]
        if new:
            place = sides.known_as(new[0])[0]
            plugin_id, kind = sides.plugin_id(place), kind_of(place)
            change = FileChange(file, place, plugin_id, problems=tuple(new), kind=kind)
            changed.append(change)
    return sorted(changed, key=lambda each: each.file)
