"""Tell from git's history which calls each commit amounts to, and which versions it brought.

The branch itself is told, by first parents: a merge is when its pull request took effect, so what
is told once stays as it is, whatever is merged later. A rename is a deregistration and a
registration (product contract, 8).
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.lock import MAX_LOCK_SIZE, Tags, tags_of
from catalogctl.model.state_calls import calls_between
from catalogctl.plugin_ids import PLUGIN_ID
from catalogctl.publish.changes import Entry, Journal, JournalEntry, Tombstone, VersionsEntry
from catalogctl.source.blobs import read_blobs
from catalogctl.source.document import parse
from catalogctl.source.git import Git
from catalogctl.source.git_log import find_deletions
from catalogctl.source.history import moment
from catalogctl.validate.effective_request import effective

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from pathlib import Path

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.source.git_log import Commit, CommittedChange
    from catalogctl.source.history import History
    from catalogctl.source.settings import Settings

_PLUGIN = re.compile(rf"plugins/({PLUGIN_ID})\.yaml")
_LOCK = re.compile(rf"versions/({PLUGIN_ID})\.json")
_LONGEST_REASON = 200


class _Step(NamedTuple):
    """One plugin file, or one lock, that a commit changes."""

    plugin_id: str
    change: CommittedChange


class _Now(NamedTuple):
    """The plugins' states, and the blobs of their files by path, as they stand."""

    states: Mapping[str, str]
    blobs: Mapping[str, str | None]

    def knows(self, step: _Step, steps: list[_Step]) -> bool:
        """Return whether a step registers a plugin by the file that stands there now.

        Beside a deregistration more has to be known: it may have been a rename.
        """
        return (
            step.change.before is None
            and steps[0].change.after is not None
            and self.blobs.get(step.change.path) == step.change.after
            and step.plugin_id in self.states
        )


class _Told(NamedTuple):
    """A step with both states of the file as effective requests, where they had to be read."""

    plugin_id: str
    change: CommittedChange
    before: JSONObject | None
    after: JSONObject | None


def read_journal(
    history: History, folder: Path, settings: Settings, states: Mapping[str, str]
) -> Journal:
    """Return the journal of the catalog in `folder`. OutsideError when a blob is missing.

    `states` are those of its plugins as their files stand, by id: what was read just now is not
    asked of git again.
    """
    now = _Now(states, _standing(history))
    git = Git(folder)
    deletions = find_deletions(git, _deleted_by_merges(history))
    commits = [(commit, _steps(commit, _PLUGIN)) for commit in reversed(history.line)]
    names = [name for _, steps in commits for name in _needed(steps, now)]
    contents = read_blobs(git, names) if names else iter(())
    locks = _Locks(folder, [commit for commit, _ in commits])
    entries: list[Entry] = []
    gone: dict[str, Tombstone] = {}
    for commit, steps in commits:
        told = [_tell(step, steps, contents, settings, now) for step in steps]
        for each in told:
            entries.extend(_entries(each, commit, len(entries) + 1))
            gone.pop(each.plugin_id, None)
        for each in told:
            if each.change.after is None:
                deletion = deletions.get(each.change.path, commit) if commit.is_merge else commit
                gone[each.plugin_id] = _tombstone(each, told, commit, deletion.subject)
        entries.extend(locks.entries(commit, len(entries) + 1, gone))
    return Journal(tuple(entries), tuple(reversed(gone.values())), _by_plugin(entries))


class _Locks:
    """The changes of locks, commit by commit; each lock is read from git as it comes up."""

    def __init__(self, folder: Path, commits: Sequence[Commit]) -> None:
        self._steps = {commit.id: steps for commit in commits if (steps := _steps(commit, _LOCK))}
        changes = [step.change for steps in self._steps.values() for step in steps]
        names = [name for change in changes for name in change[1:] if name is not None]
        self._contents = read_blobs(Git(folder), names, MAX_LOCK_SIZE)

    def entries(self, commit: Commit, seq: int, gone: Container[str]) -> Iterator[VersionsEntry]:
        """Yield what a commit changed in the versions of each lock.

        A lock that only goes with its plugin is no news, nor is one of which the tags and digests
        stay, or that nobody can read.
        """
        for step in self._steps.get(commit.id, ()):
            before, after = (self._tags(name) for name in step.change[1:])
            if (
                before is None
                or after is None
                or (step.change.after is None and step.plugin_id in gone)
            ):
                continue
            entry = _versions_entry(step, commit, seq, before, after)
            if entry is not None:
                yield entry
                seq += 1

    def _tags(self, name: str | None) -> Tags | None:
        """Return what a lock said; nothing of one that was not there."""
        if name is None:
            return Tags()
        data = next(self._contents)
        return None if data is None else tags_of(data)


def _versions_entry(
    step: _Step, commit: Commit, seq: int, before: Tags, after: Tags
) -> VersionsEntry | None:
    """Return the entry of a lock that a commit changed; None when its versions did not change."""
    was = {version.tag: version.digest for version in before.versions}
    tags = {version.tag: version.digest for version in after.versions}
    added = tuple(sys.intern(tag) for tag in tags if tag not in was)
    removed = tuple(tag for tag in was if tag not in tags)
    moved = tuple(
        tag for tag, digest in tags.items() if digest and was.get(tag) and was[tag] != digest
    )
    if not (added or moved or removed or before.latest != after.latest):
        return None
    return VersionsEntry(
        seq,
        moment(commit.time),
        commit.id,
        None,
        "versions",
        step.plugin_id,
        added,
        moved,
        removed,
        after.latest,
        step.change.before,
        step.change.after,
    )


def _by_plugin(entries: list[Entry]) -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.plugin_id, []).append(entry)
    return found


def _steps(commit: Commit, files: re.Pattern[str]) -> list[_Step]:
    """Return what a commit does to such files: what goes before what comes, then by name."""
    found = [
        _Step(match[1], change)
        for change in commit.changes
        if (match := files.fullmatch(change.path)) and change.before != change.after
    ]
    return sorted(found, key=lambda step: (step.change.after is not None, step.plugin_id))


def _standing(history: History) -> dict[str, str | None]:
    """Return the blob of each plugin file that stands as it was committed last."""
    blobs: dict[str, str | None] = {}
    for commit in history.line:
        for change in commit.changes:
            blobs.setdefault(change.path, change.after)
    for path in history.uncommitted:
        blobs.pop(path, None)
    return blobs


def _needed(steps: list[_Step], now: _Now) -> Iterator[str]:
    for step in steps:
        if not now.knows(step, steps):
            yield from (name for name in step.change[1:] if name is not None)


def _tell(
    step: _Step,
    steps: list[_Step],
    contents: Iterator[bytes | None],
    settings: Settings,
    now: _Now,
) -> _Told:
    """Return a step with the states of its file; a registration is parsed only if that tells more.

    Of most files that were ever added nothing has to be known but that they were.
    """
    if now.knows(step, steps):
        return _Told(*step, None, {"state": now.states[step.plugin_id]})
    before = next(contents) if step.change.before is not None else None
    after = next(contents) if step.change.after is not None else None
    if step.change.before is None and steps[0].change.after is not None:
        is_plain = after is None or b"DISABLED" not in after
        return _Told(*step, None, {} if is_plain else _request(step.plugin_id, after, settings))
    return _Told(
        *step,
        None if step.change.before is None else _request(step.plugin_id, before, settings),
        None if step.change.after is None else _request(step.plugin_id, after, settings),
    )


def _request(plugin_id: str, data: bytes | None, settings: Settings) -> JSONObject:
    """Return the effective request of a file as it was; what can't be read asks for nothing."""
    if data is None:
        return {}
    return effective(parse(f"{plugin_id}.yaml", plugin_id, data).accepted, settings)


def _entries(told: _Told, commit: Commit, seq: int) -> Iterator[JournalEntry]:
    time = moment(commit.time)
    for number, call in enumerate(calls_between(told.before, told.after), start=seq):
        before, after = told.change.before, told.change.after
        yield JournalEntry(number, time, commit.id, call, told.plugin_id, before, after)


def _deleted_by_merges(history: History) -> set[str]:
    """Return the plugin files that are gone, and whose last deletion came by a merge."""
    latest: dict[str, bool] = {}
    for commit in history.line:
        for change in commit.changes:
            if _PLUGIN.fullmatch(change.path):
                latest.setdefault(change.path, commit.is_merge and change.after is None)
    return {path for path, is_wanted in latest.items() if is_wanted}


def _tombstone(told: _Told, all_told: list[_Told], commit: Commit, reason: str) -> Tombstone:
    """Return the tombstone of a deregistered plugin; the commit that did it gives the `reason`."""
    return Tombstone(
        told.plugin_id,
        moment(commit.time),
        commit.id,
        reason[:_LONGEST_REASON],
        _successor(told.before or {}, all_told),
        _deprecation(told.before or {}),
    )


def _deprecation(last: JSONObject) -> str | None:
    """Return why the file called the plugin deprecated, if it did."""
    deprecated = last.get("deprecated")
    reason = deprecated.get("reason") if isinstance(deprecated, dict) else None
    return reason[:_LONGEST_REASON] if isinstance(reason, str) else None


def _successor(last: JSONObject, all_told: list[_Told]) -> str | None:
    """Return what stands in: as the file named it, or the new id under which it was renamed."""
    deprecated: JSON = last.get("deprecated")
    named = deprecated.get("successor") if isinstance(deprecated, dict) else None
    if isinstance(named, str):
        return named
    name = last.get("name")
    renamed = (
        each.plugin_id
        for each in all_told
        if name and each.before is None and each.after and each.after.get("name") == name
    )
    return next(renamed, None)
