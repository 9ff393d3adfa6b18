"""Find in git's history the calls that each commit amounts to, and its changes of versions.

Only first parents count: a pull request takes effect with its merge, so an entry never changes,
whatever is merged later. A rename is a deregistration and a registration (product contract, 8).
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.jsontypes import as_object
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
    from collections.abc import Container, Iterator, Sequence
    from pathlib import Path

    from catalogctl.jsontypes import JSONObject
    from catalogctl.source.git_log import Commit, CommittedChange
    from catalogctl.source.history import History
    from catalogctl.source.settings import Settings

_PLUGIN = re.compile(rf"plugins/({PLUGIN_ID})\.yaml")
_LOCK = re.compile(rf"versions/({PLUGIN_ID})\.json")
_LONGEST_REASON = 200


class _FileChange(NamedTuple):
    """A plugin file or lock that a commit changes."""

    plugin_id: str
    change: CommittedChange

    @property
    def blobs(self) -> list[str]:
        """The blob ids of the file before and after the change, without missing ones."""
        return [blob for blob in (self.change.before, self.change.after) if blob is not None]


class _PluginChange(NamedTuple):
    """A changed plugin file with both states as effective requests; None if there is no file."""

    plugin_id: str
    change: CommittedChange
    before: JSONObject | None
    after: JSONObject | None


def read_journal(history: History, folder: Path, settings: Settings) -> Journal:
    """Return the journal of the catalog in `folder`. Raise OutsideError if a blob is missing."""
    git = Git(folder)
    deletions = find_deletions(git, _deleted_by_merges(history))
    commits = [(commit, _changed_files(commit, _PLUGIN)) for commit in reversed(history.line)]
    blobs = [blob for _, files in commits for each in files for blob in each.blobs]
    contents = read_blobs(git, blobs)
    locks = _Locks(git, [commit for commit, _ in commits])
    entries: list[Entry] = []
    gone: dict[str, Tombstone] = {}
    for commit, files in commits:
        is_plain = not files or files[0].change.after is not None
        changes = [_read_change(each, contents, settings, is_plain=is_plain) for each in files]
        for each in changes:
            entries.extend(_entries(each, commit, len(entries) + 1))
            gone.pop(each.plugin_id, None)
        for each in changes:
            if each.change.after is None:
                deletion = deletions.get(each.change.path, commit) if commit.is_merge else commit
                gone[each.plugin_id] = _tombstone(each, changes, commit, deletion.subject)
        entries.extend(locks.entries(commit, len(entries) + 1, gone))
    of_plugin: dict[str, list[Entry]] = {}
    for entry in entries:
        of_plugin.setdefault(entry.plugin_id, []).append(entry)
    return Journal(tuple(entries), tuple(reversed(gone.values())), of_plugin)


class _Locks:
    """The changes of locks, commit by commit; each lock is read from git when it is needed."""

    def __init__(self, git: Git, commits: Sequence[Commit]) -> None:
        self._files = {commit.id: _changed_files(commit, _LOCK) for commit in commits}
        blobs = [blob for files in self._files.values() for each in files for blob in each.blobs]
        self._contents = read_blobs(git, blobs, MAX_LOCK_SIZE)

    def entries(self, commit: Commit, seq: int, gone: Container[str]) -> Iterator[VersionsEntry]:
        """Yield an entry for each lock whose versions a commit changed.

        Locks that are removed with their plugin, that keep their tags and digests, or that can't be
        read are skipped.
        """
        for each in self._files[commit.id]:
            before, after = self._tags(each.change.before), self._tags(each.change.after)
            if each.change.after is None and each.plugin_id in gone:
                continue
            if before is None or after is None:
                continue
            entry = _versions_entry(each, commit, seq, before, after)
            if entry is not None:
                yield entry
                seq += 1

    def _tags(self, blob: str | None) -> Tags | None:
        """Return the tags of a lock: empty if it did not exist, None if it can't be read."""
        if blob is None:
            return Tags()
        data = next(self._contents)
        return None if data is None else tags_of(data)


def _versions_entry(
    file: _FileChange, commit: Commit, seq: int, before: Tags, after: Tags
) -> VersionsEntry | None:
    """Return the entry for a lock that a commit changed; None if its versions did not change."""
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
        file.plugin_id,
        added,
        moved,
        removed,
        after.latest,
        file.change.before,
        file.change.after,
    )


def _changed_files(commit: Commit, pattern: re.Pattern[str]) -> list[_FileChange]:
    """Return a commit's changes of matching files: deletions first, then by name."""
    files = [
        _FileChange(match[1], change)
        for change in commit.changes
        if (match := pattern.fullmatch(change.path)) and change.before != change.after
    ]
    return sorted(files, key=lambda each: (each.change.after is not None, each.plugin_id))


def _read_change(
    file: _FileChange, contents: Iterator[bytes | None], settings: Settings, *, is_plain: bool
) -> _PluginChange:
    """Return a changed file with both its states.

    If a commit deletes nothing (`is_plain`), only the state of the files that it adds matters, so
    most of them are not parsed.
    """
    plugin_id, change = file
    before = next(contents) if change.before is not None else None
    after = next(contents) if change.after is not None else None
    if change.before is None and is_plain and (after is None or b"DISABLED" not in after):
        return _PluginChange(*file, None, {})
    return _PluginChange(
        *file,
        None if change.before is None else _request(plugin_id, before, settings),
        None if change.after is None else _request(plugin_id, after, settings),
    )


def _request(plugin_id: str, data: bytes | None, settings: Settings) -> JSONObject:
    """Return the effective request of an earlier file; {} if it can't be read."""
    if data is None:
        return {}
    return effective(parse(f"{plugin_id}.yaml", plugin_id, data).accepted, settings)


def _entries(plugin: _PluginChange, commit: Commit, seq: int) -> Iterator[JournalEntry]:
    time = moment(commit.time)
    for number, call in enumerate(calls_between(plugin.before, plugin.after), start=seq):
        before, after = plugin.change.before, plugin.change.after
        yield JournalEntry(number, time, commit.id, call, plugin.plugin_id, before, after)


def _deleted_by_merges(history: History) -> set[str]:
    """Return the deleted plugin files whose last change is a deletion by a merge."""
    latest: dict[str, bool] = {}
    for commit in history.line:
        for change in commit.changes:
            if _PLUGIN.fullmatch(change.path):
                latest.setdefault(change.path, commit.is_merge and change.after is None)
    return {path for path, is_wanted in latest.items() if is_wanted}


def _tombstone(
    plugin: _PluginChange, changes: list[_PluginChange], commit: Commit, reason: str
) -> Tombstone:
    """Return the tombstone of a deregistered plugin; `reason` comes from the deleting commit.

    Its successor is the one named in the file, or the new id if the commit's other `changes` show
    that the plugin was renamed.
    """
    last = plugin.before or {}
    deprecated = as_object(last.get("deprecated"))
    name = last.get("name")
    renamed = (
        each.plugin_id
        for each in changes
        if name and each.before is None and each.after and each.after.get("name") == name
    )
    named, why = deprecated.get("successor"), deprecated.get("reason")
    return Tombstone(
        plugin.plugin_id,
        moment(commit.time),
        commit.id,
        reason[:_LONGEST_REASON],
        named if isinstance(named, str) else next(renamed, None),
        why[:_LONGEST_REASON] if isinstance(why, str) else None,
    )
