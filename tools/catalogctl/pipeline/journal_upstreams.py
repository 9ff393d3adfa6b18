"""Find the changes of upstreams' plugins in the history, for the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl.publish.journal_files import Tombstone, UpstreamCounts, UpstreamEntry
from catalogctl.redaction import redacted
from catalogctl.source.blobs import read_blobs
from catalogctl.source.upstream_files import MAX_FILE_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.pipeline.journal_steps import Step, Steps
    from catalogctl.source.git import Git

MOST = 50
"""How many changes of one repository in one commit have an entry each."""
_LONGEST_REASON = 200


class _Repository(msgspec.Struct):
    repository_id: str


class _Plugin(msgspec.Struct):
    repository_info: _Repository


class _UpstreamFile(msgspec.Struct):
    plugin: _Plugin


class _UpstreamStep(NamedTuple):
    plugin_id: str
    step: Step

    @property
    def word(self) -> str:
        """What happened to the plugin."""
        if self.step.before is None:
            return "added"
        return "changed" if self.step.after is not None else "removed"


def upstream_entries(git: Git, steps: Steps) -> Iterator[UpstreamEntry | UpstreamCounts]:
    """Yield the entries, not numbered yet, of each commit that changed plugins of upstreams.

    Many changes of one repository in a commit are one entry with their counts.
    """
    groups: dict[tuple[int, str], list[_UpstreamStep]] = {}
    for (name, plugin_id), of_plugin in steps.upstreams.items():
        for step in of_plugin:
            groups.setdefault((step.commit, name), []).append(_UpstreamStep(plugin_id, step))
    firsts = [changes[0].step.after or changes[0].step.before for changes in groups.values()]
    contents = read_blobs(git, [blob for blob in firsts if blob is not None], MAX_FILE_SIZE)
    for (commit, _), changes in groups.items():
        moment = steps.times[commit], steps.commits[commit].id
        repository_id = _repository_id(next(contents))
        if len(changes) > MOST:
            words = [each.word for each in changes]
            counts = {word: words.count(word) for word in ("added", "changed", "removed")}
            yield UpstreamCounts(0, *moment, None, "upstream", repository_id, counts)
            continue
        for each in sorted(changes):
            yield UpstreamEntry(
                *(0, *moment, None, "upstream", repository_id, each.plugin_id, each.word),
                *(each.step.before, each.step.after),
            )


def _repository_id(data: bytes | None) -> str:
    """Return the id of the repository that a file's plugin was taken from, "" if it is not one."""
    try:
        return msgspec.json.decode(
            data or b"", type=_UpstreamFile
        ).plugin.repository_info.repository_id
    except msgspec.MsgspecError:
        return ""


def upstream_tombstones(steps: Steps) -> Iterator[tuple[int, Tombstone]]:
    """Yield the tombstone of each plugin whose file is gone, with the place of its commit."""
    for (_, plugin_id), of_plugin in steps.upstreams.items():
        last = of_plugin[-1]
        if last.after is None:
            commit = steps.commits[last.commit]
            reason = public_reason(commit.subject)
            tombstone = Tombstone(plugin_id, steps.times[last.commit], commit.id, reason, None)
            yield last.commit, tombstone


def public_reason(text: str) -> str:
    """Return what the journal publishes of a reason in git's history, which no rule has checked."""
    return redacted(text)[:_LONGEST_REASON]


def added_ids(steps: Steps) -> Iterable[str]:
    """Return the plugins that upstreams have after these steps."""
    return (
        plugin_id
        for (_, plugin_id), of_plugin in steps.upstreams.items()
        if of_plugin[-1].after is not None
    )
