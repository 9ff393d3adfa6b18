"""Keep the newest tree that could be built from a catalog, and the problems found since.

If a catalog can't be built, or git fails, the last good tree is kept.
"""

from __future__ import annotations

import gc
import threading
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from catalogctl.errors import CatalogctlError
from catalogctl.pipeline.build import BuildOptions, Built, build
from catalogctl.source.folder import is_ignored

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.problem import Problem


@dataclass(frozen=True, slots=True)
class PreviewState:
    """The state of a preview: the edition counts from 1; 0 means that nothing is built yet.

    `problems` and `error` are those of the newest attempt, without secrets; the tree may be from an
    earlier one.
    """

    edition: int = 0
    attempt: int = 0
    problems: tuple[Problem, ...] = ()
    error: str = ""


class Preview:
    """Builds a catalog into a folder repeatedly; readers wait for the next state."""

    def __init__(self, options: BuildOptions) -> None:
        self._options = replace(options, durable=False, allow_shallow=True)
        self._state = PreviewState()
        self._changed = threading.Condition()

    def serve_at(self, address: str) -> None:
        """Build for this address, so that links stay within the preview."""
        self._options = replace(self._options, base_url=address)

    @property
    def tree(self) -> Path:
        """The folder of the last good tree."""
        return self._options.out

    @property
    def state(self) -> PreviewState:
        """The current state."""
        with self._changed:
            return self._state

    def rebuild(self) -> Built | CatalogctlError:
        """Build again, and return the result."""
        outcome: Built | CatalogctlError
        try:
            outcome = build(self._options)
        except CatalogctlError as error:
            outcome = error
        gc.collect()  # this process keeps running: free what the build left before the next one
        with self._changed:
            attempt = self._state.attempt + 1
            edition = self._state.edition
            if isinstance(outcome, CatalogctlError):
                self._state = PreviewState(edition, attempt, (), str(outcome))
            else:
                edition += 1 if outcome.published else 0
                problems = tuple(each.without_secrets() for each in outcome.problems)
                self._state = PreviewState(edition, attempt, problems)
            self._changed.notify_all()
        return outcome

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
