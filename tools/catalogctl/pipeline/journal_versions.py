"""Find the changes of versions in the history of locks, decoding each lock once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from catalogctl.lock import Tags, tags_of
from catalogctl.pipeline.journal_steps import blobs
from catalogctl.publish.journal_files import VersionsEntry
from catalogctl.source.blobs import read_blobs
from catalogctl.source.folder import MAX_LOCK_SIZE

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from catalogctl.pipeline.journal_steps import Step, Steps
    from catalogctl.source.git import Git


def version_entries(git: Git, steps: Steps, gone: Container[str]) -> Iterator[VersionsEntry]:
    """Yield an entry, not numbered yet, for each change of the versions in a lock.

    Locks that are removed with their plugin, that keep their tags and digests, or that can't be
    read are skipped. `gone` are the plugins that were gone before these steps.
    """
    contents = read_blobs(git, blobs(steps.locks.values()), MAX_LOCK_SIZE)

    def tags(blob: str | None) -> Tags | None:
        """Return the tags of a lock: empty if it did not exist, None if it can't be read."""
        data = b"{}" if blob is None else next(contents)
        return None if data is None else tags_of(data)

    for plugin_id, of_lock in steps.locks.items():
        after = tags(of_lock[0].before)
        for step in of_lock:
            before, after = after, tags(step.after)
            is_removed_with_it = step.after is None and steps.is_gone(
                plugin_id, step.commit, before=plugin_id in gone
            )
            if before is not None and after is not None and not is_removed_with_it:
                yield from _entry(steps, plugin_id, step, before, after)


def _entry(
    steps: Steps, plugin_id: str, step: Step, before: Tags, after: Tags
) -> Iterator[VersionsEntry]:
    """Yield the entry for a changed lock, or nothing if its versions did not change."""
    was = {version.tag: version.digest for version in before.versions}
    tags = {version.tag: version.digest for version in after.versions}
    added = tuple(sys.intern(tag) for tag in tags if tag not in was)
    removed = tuple(tag for tag in was if tag not in tags)
    moved = tuple(
        tag for tag, digest in tags.items() if digest and was.get(tag) and was[tag] != digest
    )
    if added or moved or removed or before.latest != after.latest:
        yield VersionsEntry(
            0,
            steps.times[step.commit],
            steps.commits[step.commit].id,
            None,
            "versions",
            plugin_id,
            added,
            moved,
            removed,
            after.latest,
            step.before,
            step.after,
        )
