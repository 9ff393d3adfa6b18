"""The place to which a tree is published, as the few operations that publishing needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Upload(NamedTuple):
    """A file to write: its path below the destination, its bytes, and its HTTP headers."""

    path: str
    data: bytes
    headers: Mapping[str, str]


class Store(Protocol):
    """A destination. Every method raises OutsideError, which names the place and the cause."""

    name: str
    """How messages call the destination; it contains no credentials."""

    @property
    def ignores_case(self) -> bool:
        """Return whether paths that differ only in case are the same file's."""

    @property
    def keeps_headers(self) -> bool:
        """Return whether a file is stored with its headers, which only writing it changes."""

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, or None if it does not exist."""

    def create(self, path: str, data: bytes) -> bool:
        """Write a file unless it exists, in one step; return whether it was written."""

    def write(self, files: Sequence[Upload]) -> None:
        """Write files, each in one step, in any order; return when all are written."""

    def delete(self, paths: Sequence[str]) -> None:
        """Delete files; missing ones are no error, but one that is still there afterwards is."""

    def entries(self) -> list[str]:
        """Return the names at the top of the destination; none if it does not exist."""

    def tidy(self) -> None:
        """Remove what a killed run left half-written; call this only while holding the lock."""
