"""Keep the newest tree that could be built of a catalog, and what is wrong since.

A catalog that can't be built, or a git that fails, leaves the last good tree where it is.
"""

from __future__ import annotations

import gc
import threading
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from catalogctl.errors import CatalogctlError
from catalogctl.pipeline.build import BuildOptions, Built, build
from catalogctl.source.folder import is_passed_over

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.problem import Problem


@dataclass(frozen=True, slots=True)
class PreviewState:
    """What a reader of the preview sees: the edition counts from 1, 0 is «nothing built yet».

    `problems` and `error` are those of the newest try, as they may be shown; a page may be older
    than they are.
    """

    edition: int = 0
    attempt: int = 0
    problems: tuple[Problem, ...] = ()
    error: str = ""


class Preview:
    """Builds a catalog into a folder, again and again; readers wait for the next state."""

    def __init__(self, options: BuildOptions) -> None:
        self._options = replace(options, durable=False, allow_shallow=True)
        self._state = PreviewState()
        self._changed = threading.Condition()

    def serve_at(self, address: str) -> None:
        """Build for this address: what a page on another one links to is not in the preview."""
        self._options = replace(self._options, base_url=address)

    @property
    def tree(self) -> Path:
        """The folder of the last good tree."""
        return self._options.out

    @property
    def state(self) -> PreviewState:
        """The state now."""
        with self._changed:
            return self._state

    def rebuild(self) -> Built | CatalogctlError:
        """Build once more; return what came of it."""
        outcome: Built | CatalogctlError
        try:
            outcome = build(self._options)
        except CatalogctlError as error:
            outcome = error
        gc.collect()  # this process lives on: what a build leaves goes before the next one
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

    def heeds(self, path: str) -> bool:
        """Return whether a change of this file may change the tree, or what is wrong with it.

        What the catalog passes over changes neither, unless git tracks it and it is a problem.
        """
        name = PurePosixPath(path).name
        if not is_passed_over(name):
            return True
        return any(PurePosixPath(each.file).name == name for each in self.state.problems)

    def wait(self, attempt: int, seconds: float) -> PreviewState:
        """Return the state as soon as there was another attempt, or when the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._state.attempt != attempt, seconds)
            return self._state
