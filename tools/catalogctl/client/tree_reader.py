"""Read the files of a published tree from a folder; `web_reader.py` reads from a URL."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from catalogctl.errors import OutsideError
from catalogctl.fetch.bounded_json import decode
from catalogctl.fetch.fetch_limits import MAX_BYTES
from catalogctl.files import NotAFileError, cause, is_published_path, read_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from catalogctl.jsontypes import JSON

MAX_INDEXED_BYTES = 256 * 1024 * 1024
"""Most bytes that are read of a file whose size is in the index: some 200,000 plugins."""

CONNECTIONS = 8
"""The most files of a tree that are read at the same time."""

_INDEXED_RATIO = 16


Shape: TypeAlias = "Callable[[JSON], bool]"
"""Returns whether a value has the shape that is expected in a file."""


class MissingFile(Exception):  # noqa: N818  (an answer, not a fault: the tree has no such file)
    """The tree has no file at this path."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class StaleFile(MissingFile):
    """The file at this path is not the one in the index: one of the two is older."""


class NoAnswerError(OutsideError):
    """A tree gave no answer; `what` is what happened, without advice."""

    def __init__(self, message: str, what: str = "") -> None:
        super().__init__(message)
        self.what = what or message


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A file's hash and size (in bytes) in the index; None if not given."""

    sha256: str | None = None
    size: int | None = None

    @property
    def most(self) -> int:
        """Most bytes that are read of the file."""
        return MAX_BYTES if self.size is None else min(self.size, MAX_INDEXED_BYTES)


NO_ENTRY = IndexEntry()


class OldAnswer(NamedTuple):
    """A cached answer, and the time at which it was current, in seconds since 1970."""

    data: bytes
    fetched_at: float


class Reader:
    """Reads the files of a published tree by path, in any thread; this base class caches nothing.

    `has_shape` returns whether the decoded JSON has the expected shape: a captive portal's page, a
    truncated file or a «not found» page with status 200 is never data, and never cached.
    """

    location: str
    is_signed: bool = False
    """Whether each file is compared with what was signed, so that no index is needed for that."""

    def read(
        self,
        path: str,
        has_shape: Shape,
        *,
        entry: IndexEntry = NO_ENTRY,
        again: bool = False,
    ) -> bytes:
        """Return the file's bytes; `again` requests a fresh copy.

        An `entry` comes from the index, or a part of it, that this reader read last. Raise
        MissingFile or NoAnswerError; StaleFile if the file is intact, but not the one of `entry`.
        """
        raise NotImplementedError

    def stop(self) -> None:
        """End what other threads read, if that can take long."""

    def forget(self, path: str) -> None:
        """Remove the cached answer of a path that the catalog no longer has."""

    def keep_only(self, name: str, paths: Sequence[str], spared: Sequence[str] = ()) -> None:
        """Forget the files that a list consisted of before, but for these, which it has now."""

    def cache_snapshot(self, index: bytes) -> None:
        """Cache an index whose list was read with it, as a snapshot of the catalog."""

    def last_index(self) -> OldAnswer | None:
        """Return the index of the cached snapshot, or None."""
        return None

    def last(
        self, path: str, has_shape: Shape, *, entry: IndexEntry = NO_ENTRY
    ) -> OldAnswer | None:
        """Return the cached answer of a path, or None if there is none or it must be fresh."""
        del path, has_shape, entry
        return None

    def report_old_answer(self, what: str, fetched_at: float) -> None:
        """Report that an old answer is used, why, and its age."""


class FolderReader(Reader):
    """Reads a built tree on this machine, which may be a stranger's; nothing is cached."""

    def __init__(self, folder: Path) -> None:
        self.location = str(folder)
        self._folder = folder

    def read(
        self,
        path: str,
        has_shape: Shape,
        *,
        entry: IndexEntry = NO_ENTRY,
        again: bool = False,
    ) -> bytes:
        """Return the file's bytes; raise as `Reader.read` does."""
        del again
        where = self._folder / path
        if not is_published_path(path):
            raise NoAnswerError(f"{self._folder} has an index that names no file of a tree")
        try:
            data = read_inside(self._folder, path, entry.most)
        except FileNotFoundError as error:
            raise MissingFile(path) from error
        except NotAFileError as error:
            raise NoAnswerError(f"can't read {where}: it {error}") from error
        except OSError as error:
            raise NoAnswerError(f"can't read {where}: {cause(error)}") from error
        if not has_json_shape(data, has_shape, entry):
            raise NoAnswerError(f"{where} is damaged: build the tree again")
        if is_stale(data, entry):
            raise StaleFile(path)
        return data


def has_json_shape(data: bytes, has_shape: Shape, entry: IndexEntry = NO_ENTRY) -> bool:
    """Return whether bytes are JSON of the expected shape, at bounded cost."""
    try:
        return has_shape(decode(data, ratio=0 if entry.size is None else _INDEXED_RATIO))
    except ValueError:
        return False


def is_stale(data: bytes, entry: IndexEntry) -> bool:
    """Return whether bytes differ from those in the index."""
    return entry.sha256 is not None and hashlib.sha256(data).hexdigest() != entry.sha256
