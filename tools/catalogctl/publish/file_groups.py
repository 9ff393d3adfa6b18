"""Divide the files shared by all plugins into groups, so that one file can be found by its path.

A build makes the files of all groups, in order; the preview makes those of the group that a
requested path belongs to, up to this path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from catalogctl.publish.build_context import File, LazyFile


class FileGroup:
    """Files of one kind; `pattern` matches the paths of all of them, and `make` yields them."""

    def __init__(self, pattern: str, make: Callable[[], Iterable[File | LazyFile]]) -> None:
        self._pattern = re.compile(pattern)
        self._make = make
        self._paths: tuple[str, ...] | None = None

    def may_have(self, path: str) -> bool:
        """Return whether a file with this path would be in this group."""
        return self._pattern.fullmatch(path) is not None

    def files(self) -> Iterator[File | LazyFile]:
        """Yield the files, made anew at each call."""
        paths = []
        for file in self._make():
            paths.append(file[0])
            yield file
        self._paths = tuple(paths)

    def paths(self) -> tuple[str, ...]:
        """Return the paths of the files, which are only made if `files` did not yield all yet."""
        if self._paths is None:
            self._paths = tuple(file[0] for file in self._make())
        return self._paths
