"""Git's history in, the journal out: which call each commit of the branch amounts to.

The branch itself is told, by first parents: a merge is when its pull request took effect, so what
is told once stays as it is, whatever is merged later. A rename is a deregistration and a
registration (product contract, 8).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.model.calls import calls_between
from catalogctl.publish.changes import Journal, JournalEntry, Tombstone
from catalogctl.source.blobs import read_blobs
from catalogctl.source.document import parse
from catalogctl.source.git import Git
from catalogctl.source.history import moment
from catalogctl.validate.requests import effective

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.source.history import History
    from catalogctl.source.log import Change, Commit
    from catalogctl.source.settings import Settings

_PLUGIN = re.compile(r"plugins/([a-z][a-z0-9-]{0,63})\.yaml")
_LONGEST_REASON = 200


class _Step(NamedTuple):
    """One plugin file that a commit has otherwise."""

    plugin_id: str
    change: Change


class _Now(NamedTuple):
    """The plugins' states, and the blobs of their files by path, as they stand."""

    states: Mapping[str, str]
    blobs: Mapping[str, str | None]

    def knows(self, step: _Step, steps: list[_Step]) -> bool:
        """Say whether a step registers a plugin by the file that stands there now.

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
    change: Change
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
    commits = [(commit, _steps(commit)) for commit in reversed(history.line)]
    names = [name for _, steps in commits for name in _needed(steps, now)]
    contents = read_blobs(Git(folder), names) if names else iter(())
    entries: list[JournalEntry] = []
    gone: dict[str, Tombstone] = {}
    for commit, steps in commits:
        told = [_tell(step, steps, contents, settings, now) for step in steps]
        for each in told:
            entries.extend(_entries(each, commit, len(entries) + 1))
            gone.pop(each.plugin_id, None)
        for each in told:
            if each.change.after is None:
                gone[each.plugin_id] = _tombstone(each, told, commit, history)
    return Journal(tuple(entries), tuple(reversed(gone.values())), _by_plugin(entries))


def _by_plugin(entries: list[JournalEntry]) -> Mapping[str, list[JournalEntry]]:
    found: dict[str, list[JournalEntry]] = {}
    for entry in entries:
        found.setdefault(entry.plugin_id, []).append(entry)
    return found


def _steps(commit: Commit) -> list[_Step]:
    """Return what a commit does to plugin files: what goes before what comes, then by name."""
    found = [
        _Step(match[1], change)
        for change in commit.changes[0]
        if (match := _PLUGIN.fullmatch(change.path)) and change.before != change.after
    ]
    return sorted(found, key=lambda step: (step.change.after is not None, step.plugin_id))


def _standing(history: History) -> dict[str, str | None]:
    """Return the blob of each plugin file that stands as it was committed last."""
    blobs: dict[str, str | None] = {}
    for commit in history.line:
        for change in commit.changes[0]:
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
    return effective(parse(f"{plugin_id}.yaml", plugin_id, data).value, settings)


def _entries(told: _Told, commit: Commit, seq: int) -> Iterator[JournalEntry]:
    time = moment(commit.time)
    for number, call in enumerate(calls_between(told.before, told.after), start=seq):
        before, after = told.change.before, told.change.after
        yield JournalEntry(number, time, commit.id, call, told.plugin_id, before, after)


def _tombstone(told: _Told, all_told: list[_Told], commit: Commit, history: History) -> Tombstone:
    """Return the tombstone of a deregistered plugin; the commit that did it says why."""
    remover = history.removers.get((commit.id, told.change.path), commit)
    return Tombstone(
        told.plugin_id,
        moment(commit.time),
        commit.id,
        remover.subject[:_LONGEST_REASON],
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
