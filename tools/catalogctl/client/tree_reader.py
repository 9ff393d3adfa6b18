"""What reads the files of a published tree: a folder here, a URL in `web_reader.py`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from catalogctl.errors import OutsideError
from catalogctl.fetch.bounded_json import decode
from catalogctl.fetch.fetch_limits import MAX_BYTES
from catalogctl.files import NotAFileError, cause, is_published_path, read_inside

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalogctl.jsontypes import JSON

MAX_INDEXED_BYTES = 256 * 1024 * 1024
"""The most bytes that are read of a file whose size the index names: some 200,000 plugins."""

_INDEXED_RATIO = 16


Shape: TypeAlias = "Callable[[JSON], bool]"
"""Whether a value is what belongs into a file."""


class MissingFile(Exception):  # noqa: N818  (an answer, not a fault: the tree has no such file)
    """The tree has no file at this path."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class StaleFile(MissingFile):
    """The file at this path is not the one that the index names: one of the two is older."""


class NoAnswerError(OutsideError):
    """A tree gave no answer; `what` is what happened, without what to make of it."""

    def __init__(self, message: str, what: str = "") -> None:
        super().__init__(message)
        self.what = what or message


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What the index says of a file; None where it does not."""

    sha256: str | None = None
    size: int | None = None

    @property
    def most(self) -> int:
        """The most bytes that are read of the file."""
        return MAX_BYTES if self.size is None else min(self.size, MAX_INDEXED_BYTES)


NO_ENTRY = IndexEntry()


class OldAnswer(NamedTuple):
    """An answer that was kept, and when it was the right one, in seconds since 1970."""

    data: bytes
    fetched_at: float


class Reader:
    """Reads one file of a published tree by its path; this one keeps nothing.

    `has_shape` returns whether the decoded JSON is what belongs there: a captive portal's page, a
    file cut short or a «not found» page with status 200 is never data, and never kept.
    """

    location: str

    def read(
        self,
        path: str,
        has_shape: Shape,
        *,
        entry: IndexEntry = NO_ENTRY,
        again: bool = False,
    ) -> bytes:
        """Return the file's bytes; `again` asks for a fresh copy.

        MissingFile, NoAnswerError; StaleFile when it is sound, and not the file of the `entry`.
        """
        raise NotImplementedError

    def forget(self, path: str) -> None:
        """Keep no answer of a path that the catalog has no more."""

    def keep_whole(self, index: bytes) -> None:
        """Keep an index whose list was read with it: a snapshot of the catalog."""

    def last_index(self) -> OldAnswer | None:
        """Return the index that was kept whole."""
        return None

    def last(self, path: str, has_shape: Shape) -> OldAnswer | None:
        """Return the answer of a path that was kept, None when only fresh ones count."""
        del path, has_shape
        return None

    def tell_old(self, what: str, fetched_at: float) -> None:
        """Tell that an answer from before serves, why, and its age."""


class FolderReader(Reader):
    """Reads a built tree on this machine, which may be a stranger's; it is its own copy."""

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
        """Return the file's bytes as they lie there."""
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
    """Return whether bytes are JSON of the expected shape, at a bounded cost."""
    try:
        return has_shape(decode(data, ratio=0 if entry.size is None else _INDEXED_RATIO))
    except ValueError:
        return False


def is_stale(data: bytes, entry: IndexEntry) -> bool:
    """Return whether bytes are not those that the index names."""
    return entry.sha256 is not None and hashlib.sha256(data).hexdigest() != entry.sha256
