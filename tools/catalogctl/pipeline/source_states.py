"""Find out which source files changed since a build, without reading those that did not.

A file is known by its signature: modification and change time, size and inode. A signature counts
only if it was taken more than two seconds after both times, because a file can change twice within
one tick of a clock; otherwise the file is read and its content decides.
"""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING

import msgspec

from catalogctl.content_hash import content_digest
from catalogctl.problem import Problem
from catalogctl.source.blobs import blob_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalogctl.source.folder import Folder

_TICK = 2_000_000_000
"""Nanoseconds: the coarsest times of any file system in use (FAT)."""


class FileStamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The signature of a file on the disk; times are in nanoseconds since 1970."""

    mtime: int
    ctime: int
    size: int
    inode: int


class ReadState(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A source file as it was read at the time `read_at`; `digest` identifies the content."""

    stamp: FileStamp
    read_at: int
    digest: bytes

    def still_describes(self, stamp: FileStamp) -> bool:
        """Return whether a file with this signature has the same content for sure."""
        latest = max(stamp.mtime, stamp.ctime)
        return stamp == self.stamp and latest + _TICK < self.read_at


class SourceState(ReadState, frozen=True, array_like=True, gc=False):
    """The same for a file that git may have.

    `blobs` are the ids under which git may have the content: as it is, and with the line feeds that
    a checkout may have converted.
    """

    blobs: tuple[str, ...]

    def has_ids_like(self, like: str) -> bool:
        """Return whether the ids are of the kind that the repository has; `like` is one of it."""
        return not like or len(self.blobs[0]) == len(like)


def source_states(
    folder: Folder,
    names: Iterable[str],
    known: Mapping[str, SourceState],
    *,
    limit: int,
    like: str,
) -> dict[str, SourceState]:
    """Return the states of the readable files of a folder by name.

    `known` has states of an earlier build. `limit` is the size of the largest readable file in
    bytes, `like` one of git's ids in this repository.
    """
    states: dict[str, SourceState] = {}
    for name in names:
        stamp = stamp_of(f"{folder.path}/{name}")
        if stamp is None:
            continue
        before = known.get(name)
        if before is not None and before.still_describes(stamp) and before.has_ids_like(like):
            states[name] = before
            continue
        read_at = time.time_ns()
        data = folder.read(name, limit)
        if not isinstance(data, Problem):
            ids = blob_ids(data, like)
            states[name] = SourceState(stamp, read_at, content_digest(data), ids)
    return states


def stamp_of(path: str) -> FileStamp | None:
    """Return the signature of a regular file, or None if there is none."""
    try:
        state = os.stat(path, follow_symlinks=False)  # noqa: PTH116  (called for every file)
    except OSError:
        return None
    if not stat.S_ISREG(state.st_mode):
        return None
    return FileStamp(state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino)
