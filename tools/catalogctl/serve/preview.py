"""Keep the newest edition that a catalog could be read into, and the problems found since.

If a catalog has errors, or git fails, the last good edition is kept.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from catalogctl.errors import CatalogctlError
from catalogctl.pipeline.live_catalog import LiveCatalog, Reading
from catalogctl.source.folder import is_ignored

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from catalogctl.pipeline.edition_files import EditionFiles
    from catalogctl.pipeline.live_sources import LiveOptions
    from catalogctl.problem import Problem


@dataclass(frozen=True, slots=True)
class PreviewState:
    """The state of a preview: the edition counts from 1; 0 means that none is good yet.

    `problems` and `error` are those of the newest attempt, without secrets; `files`, those of the
    edition, may be from an earlier one. `files` is None before the first edition.
    """

    edition: int = 0
    attempt: int = 0
    problems: tuple[Problem, ...] = ()
    error: str = ""
    files: EditionFiles | None = None


class Preview:
    """Reads a catalog repeatedly; readers wait for the next state."""

    def __init__(self, options: LiveOptions) -> None:
        self._options = options
        self._catalog = LiveCatalog(options)
        self._state = PreviewState()
        self._changed = threading.Condition()

    def serve_at(self, address: str) -> None:
        """Make the files for this address, so that links stay within the preview."""
        self._options = replace(self._options, base_url=address)
        self._catalog = LiveCatalog(self._options)

    @property
    def state(self) -> PreviewState:
        """The current state."""
        with self._changed:
            return self._state

    def rebuild(self, changed: Collection[Path] | None = None) -> Reading | CatalogctlError:
        """Read the catalog again, and return the result.

        `changed` are the only files that may have changed, if this is known.
        """
        outcome: Reading | CatalogctlError
        try:
            outcome = self._catalog.read(changed)
        except CatalogctlError as error:
            outcome = error
        with self._changed:
            self._state = _after(self._state, outcome)
            self._changed.notify_all()
        return outcome

    def suggestions(self, plugin_id: str) -> tuple[Problem, ...]:
        """Return what a plugin lacks, without secrets, for its author."""
        found = self._catalog.suggestions(plugin_id)
        return tuple(sorted(each.without_secrets() for each in found))

    def is_relevant(self, path: str) -> bool:
        """Return whether a change to this file may change the tree or its problems.

        A file that the catalog ignores changes neither, unless it is itself a problem because git
        tracks it.
        """
        name = PurePosixPath(path).name
        if not is_ignored(name):
            return True
        return any(PurePosixPath(each.file).name == name for each in self.state.problems)

    def wait(self, attempt: int, seconds: float) -> PreviewState:
        """Return the state after the next attempt, or after `seconds` at the latest."""
        with self._changed:
            self._changed.wait_for(lambda: self._state.attempt != attempt, seconds)
            return self._state


def _after(state: PreviewState, outcome: Reading | CatalogctlError) -> PreviewState:
    """Return the state after an attempt."""
    attempt = state.attempt + 1
    if isinstance(outcome, CatalogctlError):
        return replace(state, attempt=attempt, problems=(), error=str(outcome))
    problems = tuple(each.without_secrets() for each in outcome.problems)
    if outcome.files is None:
        return replace(state, attempt=attempt, problems=problems, error="")
    return PreviewState(state.edition + 1, attempt, problems, files=outcome.files)
