"""Find in git's history the calls that each commit amounts to, and its changes of versions.

Only first parents count: a pull request takes effect with its merge, so an entry never changes,
whatever is merged later. A rename is a deregistration and a registration (product contract, 8).

The versions of a file are read one after the other, each of them once; the entries are sorted by
commit at the end. What was found can be stored, as a `JournalState`, and is continued with the
commits that follow it.
"""

from __future__ import annotations

from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING

import msgspec

from catalogctl.pipeline.journal_calls import call_entries, changed_plugins
from catalogctl.pipeline.journal_steps import Steps
from catalogctl.pipeline.journal_upstreams import (
    added_ids,
    public_reason,
    upstream_entries,
    upstream_tombstones,
)
from catalogctl.pipeline.journal_versions import version_entries
from catalogctl.publish.journal_files import (
    Deprecation,
    Entry,
    Journal,
    JournalEntry,
    OfUpstream,
    Tombstone,
    UpstreamCounts,
    UpstreamEntry,
    VersionsEntry,
)
from catalogctl.source.git import Git
from catalogctl.source.git_log import find_deletions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.pipeline.journal_calls import PluginChange
    from catalogctl.source.history import History
    from catalogctl.source.settings import Settings


class JournalState(msgspec.Struct, frozen=True):
    """The journal up to a commit, None for an empty one, to be stored and continued later.

    It depends on the history up to `commit` and on the defaults in `catalog.yaml`. `calls`,
    `versions`, `upstreams` and `upstream_counts` are its entries, each oldest first; `tombstones`
    are those of the plugins that are gone, in the order of their deletions. `deprecations` are
    oldest first.
    """

    commit: str | None = None
    calls: tuple[JournalEntry, ...] = ()
    versions: tuple[VersionsEntry, ...] = ()
    upstreams: tuple[UpstreamEntry, ...] = ()
    upstream_counts: tuple[UpstreamCounts, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    deprecations: tuple[Deprecation, ...] = ()

    def journal(self) -> Journal:
        """Return the journal of what is committed."""
        entries: list[Entry] = [*self.calls, *self.versions]
        entries.sort(key=attrgetter("seq"))
        of_plugin: dict[str, list[Entry]] = {}
        for entry in entries:
            of_plugin.setdefault(entry.plugin_id, []).append(entry)
        tombstones = tuple(reversed(self.tombstones))
        theirs: list[OfUpstream] = [*self.upstreams, *self.upstream_counts]
        return Journal(tuple(entries), tombstones, self.deprecations, of_plugin, tuple(theirs))


def read_journal(
    history: History,
    folder: Path,
    settings: Settings,
    *,
    state: JournalState | None = None,
) -> JournalState:
    """Return the journal of the catalog in `folder`, from a history with its changes.

    If the history was read on from an earlier one, `state` is the journal of that one. Raise
    OutsideError if a blob is missing, and ValueError if the state is not that of the commit the
    history goes on from.
    """
    earlier = JournalState() if state is None else state
    if earlier.commit != history.since:
        message = f"the journal ends with {earlier.commit}, the history begins with {history.since}"
        raise ValueError(message)
    if history.commit is None or history.changes is None:
        return earlier
    git, steps = Git(folder), Steps(history.changes)
    gone = {each.plugin_id: each for each in earlier.tombstones}
    entries: list[Entry | OfUpstream] = [
        *version_entries(git, steps, gone),
        *upstream_entries(git, steps),
    ]
    for plugin_id in added_ids(steps):
        gone.pop(plugin_id, None)
    moves: list[PluginChange] = []
    deprecating: list[PluginChange] = []
    deleting = steps.deleting_commits()
    for change in changed_plugins(git, steps, settings):
        entries.extend(call_entries(steps, change))
        gone.pop(change.plugin_id, None)
        if change.step.commit in deleting:
            moves.append(change)
        if change.deprecates:
            deprecating.append(change)
    _number(entries, steps, len(earlier.journal().every_entry) + 1)
    reasons = _reasons(git, history, steps)
    return JournalState(
        history.commit,
        (*earlier.calls, *(each for each in entries if isinstance(each, JournalEntry))),
        (*earlier.versions, *(each for each in entries if isinstance(each, VersionsEntry))),
        (*earlier.upstreams, *(each for each in entries if isinstance(each, UpstreamEntry))),
        (*earlier.upstream_counts, *(each for each in entries if isinstance(each, UpstreamCounts))),
        _with_new(gone, steps, _tombstones(steps, moves, reasons)),
        (*earlier.deprecations, *_deprecations(steps, deprecating)),
    )


def _with_new(
    gone: dict[str, Tombstone], steps: Steps, own: Iterable[tuple[int, Tombstone]]
) -> tuple[Tombstone, ...]:
    """Return all tombstones, one for each plugin, in the order of their deletions."""
    new = sorted([*own, *upstream_tombstones(steps)], key=itemgetter(0))
    for _, tombstone in new:
        gone.pop(tombstone.plugin_id, None)
        gone[tombstone.plugin_id] = tombstone
    return tuple(gone.values())


def _number(entries: list[Entry | OfUpstream], steps: Steps, first: int) -> None:
    """Sort and number entries: in a commit, plugins come before locks, and deletions first.

    Those of upstreams come last.
    """
    numbers = {each.id: number for number, each in enumerate(steps.commits)}

    def order(entry: Entry | OfUpstream) -> tuple[int, int, bool, str, str]:
        commit = numbers[entry.commit]
        if isinstance(entry, JournalEntry | VersionsEntry):
            is_lock = isinstance(entry, VersionsEntry)
            return commit, int(is_lock), entry.after is not None, entry.plugin_id, ""
        plugin_id = entry.plugin_id if isinstance(entry, UpstreamEntry) else ""
        return commit, 2, False, entry.repository_id, plugin_id

    entries.sort(key=order)
    for index, entry in enumerate(entries):
        entries[index] = entry._replace(seq=first + index)


def _deprecations(steps: Steps, changes: Sequence[PluginChange]) -> Iterator[Deprecation]:
    """Yield the deprecations, oldest first, that these changes are."""
    for change in sorted(changes, key=attrgetter("step.commit", "plugin_id")):
        yield Deprecation(steps.times[change.step.commit], change.plugin_id)


def _reasons(git: Git, history: History, steps: Steps) -> dict[str, str]:
    """Return, by plugin_id, why the plugins that are gone were deleted.

    This is the subject of the commit that did it: for a merge, of the newest one that it brought.
    """
    last = {plugin_id: of_plugin[-1] for plugin_id, of_plugin in steps.plugins.items()}
    deleted = {
        plugin_id: steps.commits[step.commit]
        for plugin_id, step in last.items()
        if step.after is None
    }
    pairs = {
        plugin_id: (commit.id, f"plugins/{plugin_id}.yaml")
        for plugin_id, commit in deleted.items()
        if commit.is_merge
    }
    since = () if history.since is None else (f"^{history.since}",)
    brought = find_deletions(git, (str(history.commit), *since), {*pairs.values()})
    return {
        plugin_id: brought.get(pairs.get(plugin_id, ("", "")), commit.subject)
        for plugin_id, commit in deleted.items()
    }


def _tombstones(
    steps: Steps, moves: Sequence[PluginChange], reasons: Mapping[str, str]
) -> list[tuple[int, Tombstone]]:
    """Return the tombstones of the plugins that are gone, with the places of their commits.

    `moves` are the changes by commits that delete a plugin file.
    """
    of_commit: dict[int, list[PluginChange]] = {}
    for each in sorted(moves, key=attrgetter("step.commit", "plugin_id")):
        of_commit.setdefault(each.step.commit, []).append(each)
    return [
        (change.step.commit, _tombstone(steps, change, changes, reasons[change.plugin_id]))
        for changes in of_commit.values()
        for change in changes
        if change.step is steps.plugins[change.plugin_id][-1] and change.step.after is None
    ]


def _tombstone(
    steps: Steps, plugin: PluginChange, changes: Sequence[PluginChange], reason: str
) -> Tombstone:
    """Return the tombstone of a deregistered plugin.

    Its successor is the one named in the file, or the new id if the commit's other `changes` show
    that the plugin was renamed.
    """
    last = plugin.before
    name, successor, why = (last.name, last.successor, last.reason) if last else (None, None, None)
    renamed = (
        each.plugin_id
        for each in changes
        if name and each.before is None and each.after and each.after.name == name
    )
    number = plugin.step.commit
    return Tombstone(
        plugin.plugin_id,
        steps.times[number],
        steps.commits[number].id,
        public_reason(reason),
        successor if successor is not None else next(renamed, None),
        None if why is None else public_reason(why),
    )
