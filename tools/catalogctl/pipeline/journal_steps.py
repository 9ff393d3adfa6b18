"""Arrange what a part of the history changed by file, for the journal."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.plugin_ids import PLUGIN_ID
from catalogctl.source.history import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catalogctl.source.first_parents import CommittedChanges, FileVersion


_PLUGIN = re.compile(rf"plugins/({PLUGIN_ID})\.yaml")
_LOCK = re.compile(rf"versions/({PLUGIN_ID})\.json")
_TAKEN = re.compile(rf"upstream/([a-z0-9-]+)/plugins/({PLUGIN_ID})\.json")


class Step(NamedTuple):
    """A commit's change of a file's content: the commit's place in `Steps.commits`, and blob ids.

    The place counts from the end (-1 is the newest). `before` and `after` are None where there is
    no file. In a file's steps, one begins with the blob that the last one ended with.
    """

    commit: int
    before: str | None
    after: str | None


class Steps:
    """The steps of each plugin's file and of its lock, oldest first, by plugin_id.

    `commits` are those of the history's part, and `times` when they were, in the API's format.
    `upstreams` has the steps of each file of an upstream, by the upstream's name and plugin_id.
    """

    def __init__(self, changes: CommittedChanges) -> None:
        self.commits = changes.commits
        self.times = [moment(each.time) for each in changes.commits]
        self.plugins = {match[1]: steps for match, steps in _matching(changes.versions, _PLUGIN)}
        self.locks = {match[1]: steps for match, steps in _matching(changes.versions, _LOCK)}
        self.upstreams = {
            (match[1], match[2]): steps for match, steps in _matching(changes.versions, _TAKEN)
        }

    def deleting_commits(self) -> set[int]:
        """Return the places of the commits that delete a plugin file."""
        return {
            step.commit for steps in self.plugins.values() for step in steps if step.after is None
        }

    def is_gone(self, plugin_id: str, commit: int, *, before: bool) -> bool:
        """Return whether a plugin was deleted and not added again when a commit was done.

        `before` is whether it was so before this part of the history.
        """
        steps = [each for each in self.plugins.get(plugin_id, ()) if each.commit <= commit]
        return steps[-1].after is None if steps else before


def _matching(
    files: Mapping[str, Sequence[FileVersion]], pattern: re.Pattern[str]
) -> Iterator[tuple[re.Match[str], list[Step]]]:
    for path, versions in files.items():
        match = pattern.fullmatch(path)
        steps = list(_steps(versions)) if match else []
        if match and steps:
            yield match, steps


def _steps(versions: Sequence[FileVersion]) -> Iterator[Step]:
    """Yield the steps of a file; a commit that changes only the file's mode is none."""
    for before, after in pairwise(versions):
        if before.blob != after.blob:
            yield Step(after.commit, before.blob, after.blob)


def blobs(files: Iterable[Sequence[Step]]) -> list[str]:
    """Return the ids of the blobs that the steps of files lead through, in their order."""
    every = ([steps[0].before, *(each.after for each in steps)] for steps in files)
    return [blob for each in every for blob in each if blob is not None]
