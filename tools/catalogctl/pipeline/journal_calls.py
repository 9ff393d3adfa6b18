"""Find the calls that the changes of plugin files amount to, parsing each version at most once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.model.calls_between_versions import PluginState, calls_between_states, plugin_state
from catalogctl.pipeline.journal_steps import blobs
from catalogctl.publish.journal_files import JournalEntry
from catalogctl.source.blobs import read_blobs
from catalogctl.source.document import parse
from catalogctl.validate.effective_request import effective

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from catalogctl.pipeline.journal_steps import Step, Steps
    from catalogctl.source.git import Git
    from catalogctl.source.settings import Settings

_UNREAD = plugin_state({})


class PluginChange(NamedTuple):
    """A commit's change of a plugin file, with the states before and after it."""

    plugin_id: str
    step: Step
    before: PluginState | None
    after: PluginState | None

    @property
    def deprecates(self) -> bool:
        """Whether it deprecates a plugin that was registered before."""
        before, after = self.before, self.after
        if before is None or after is None:
            return False
        return before.reason is None and after.reason is not None


class _Version:
    """A version of a plugin file, parsed when its state is asked for."""

    def __init__(self, data: bytes | None, settings: Settings) -> None:
        """`data` is None for a file that is too large."""
        self._data = data
        self._settings = settings
        self._state: PluginState | None = None

    def state(self) -> PluginState:
        """Return the state of this version."""
        if self._state is None:
            if self._data is None:
                return _UNREAD
            read = parse("", "", self._data).accepted
            self._state = plugin_state(effective(read, self._settings))
        return self._state

    def state_when_added(self) -> PluginState:
        """Return the state if it may be DISABLED: nothing else matters of a file that is added."""
        if self._state is None and (self._data is None or b"DISABLED" not in self._data):
            return _UNREAD
        return self.state()


def changed_plugins(git: Git, steps: Steps, settings: Settings) -> Iterator[PluginChange]:
    """Yield the changes of each plugin file, file by file."""
    deleting = steps.deleting_commits()
    contents = read_blobs(git, blobs(steps.plugins.values()))

    def version(blob: str | None) -> _Version | None:
        return None if blob is None else _Version(next(contents), settings)

    for plugin_id, of_plugin in steps.plugins.items():
        after = version(of_plugin[0].before)
        for step in of_plugin:
            before, after = after, version(step.after)
            yield _change(plugin_id, step, before, after, deleting)


def _change(
    plugin_id: str,
    step: Step,
    before: _Version | None,
    after: _Version | None,
    deleting: Container[int],
) -> PluginChange:
    """Return a change; a commit that deletes a plugin may rename it, so names matter there."""
    was = None if before is None else before.state()
    if after is None:
        return PluginChange(plugin_id, step, was, None)
    is_only_added = before is None and step.commit not in deleting
    now = after.state_when_added() if is_only_added else after.state()
    return PluginChange(plugin_id, step, was, now)


def call_entries(steps: Steps, change: PluginChange) -> Iterator[JournalEntry]:
    """Yield an entry, not numbered yet, for each call that a change amounts to."""
    number, before, after = change.step
    time, commit = steps.times[number], steps.commits[number].id
    for call in calls_between_states(change.before, change.after):
        yield JournalEntry(0, time, commit, call, change.plugin_id, before, after)
