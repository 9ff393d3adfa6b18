"""Collect the files that change while a catalog is being read."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class ChangedFiles:
    """The files that changed since they were last taken; one thread adds them, another waits."""

    def __init__(self) -> None:
        self._paths: set[Path] = set()
        self._are_some = threading.Condition()

    def add(self, paths: Iterable[Path]) -> None:
        """Add files that changed."""
        with self._are_some:
            self._paths.update(paths)
            self._are_some.notify_all()

    def take(self) -> set[Path]:
        """Return the files that changed, as soon as there are some."""
        with self._are_some:
            self._are_some.wait_for(lambda: self._paths)
            taken, self._paths = self._paths, set()
            return taken
