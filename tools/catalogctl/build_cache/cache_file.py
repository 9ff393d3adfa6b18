"""Keep rows of bytes in one SQLite file, each with its hash.

One process at a time writes: the one that holds the lock of the folder. Others read what is there
and write nothing. A row whose hash does not fit, a damaged file, a folder that can't be trusted and
a full disk all have the same effect: there is less in the cache, and one line says why.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
from contextlib import closing
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.build_cache.cache_place import check_trusted, make_trusted
from catalogctl.files.os_errors import cause

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import Self

NAME = "build.sqlite3"
LOCK = "lock"
_PATIENCE = 5.0
"""Seconds to wait while another process commits its rows."""

_CREATE = (
    "CREATE TABLE IF NOT EXISTS cached"
    " (kind TEXT, key TEXT, value BLOB, hash BLOB, PRIMARY KEY (kind, key))"
)


class CachedRow(NamedTuple):
    """A row to write; `value` is None for one to remove."""

    kind: str
    key: str
    value: bytes | None


class CacheFile:
    """The rows in a folder; a context manager. Without a folder, it is empty and stays so.

    With `writes`, the folder is created if it is absent, and `update` writes to it, unless another
    process does. `tell` is called with a line for the user if something is wrong.
    """

    def __init__(
        self, folder: Path | None, *, writes: bool = True, tell: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._writes = writes
        self._tell = tell
        self._lock = -1

    def __enter__(self) -> Self:
        """Take the lock, if this is to write and no other process has it."""
        if self._folder is None:
            return self
        try:
            if not self._writes:
                check_trusted(self._folder)
                return self
            make_trusted(self._folder)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            self._lock = os.open(self._folder / LOCK, flags, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._unlock()
        except FileNotFoundError:  # nothing is cached yet
            self._folder = None
        except OSError as error:
            self._unlock()
            self._tell(f"the cache {self._folder} is not used: {cause(error)}")
            self._folder = None
        return self

    def __exit__(self, *_: object) -> None:
        """Release the lock."""
        self._unlock()

    @property
    def writes(self) -> bool:
        """Return whether `update` would write."""
        return self._lock >= 0

    def rows(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """Yield the key and the value of each intact row of a kind."""
        query = "SELECT kind, key, value, hash FROM cached WHERE kind = ?"
        for _, key, value in self._read(query, (kind,)):
            yield key, value

    def value(self, kind: str, key: str) -> bytes | None:
        """Return the value of a row, or None if it is absent or damaged."""
        return self.values([(kind, key)]).get((kind, key))

    def values(self, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        """Return the values of the intact rows among those, as they were at one moment.

        `names` are pairs of a kind and a key.
        """
        one = "SELECT kind, key, value, hash FROM cached WHERE kind = ? AND key = ?"
        query = " UNION ALL ".join(one for _ in names)
        given = [part for name in names for part in name]
        return {(kind, key): value for kind, key, value in self._read(query, given)}

    def _read(self, query: str, given: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
        """Yield kind, key and value of each intact row that a query finds."""
        path = self._path()
        if path is None:
            return
        try:
            with closing(_connect(path, "ro")) as connection:
                for kind, key, value, digest in connection.execute(query, given):
                    if digest == _hash(kind, key, value):
                        yield kind, key, value
        except (sqlite3.Error, TypeError) as error:
            self._tell(f"the cache {path} is read only in part: {error}")

    def update(self, rows: Iterable[CachedRow], *, fresh: bool = False) -> None:
        """Write and remove rows in one transaction; with `fresh`, remove all others.

        If that fails, the cache is removed, because what it says may not fit any more.
        """
        if not self.writes or self._folder is None:
            return
        path = self._folder / NAME
        try:
            if fresh or not _is_ours(path):
                _remove(path)
            with closing(_connect(path, "rwc")) as connection:
                _write(connection, rows)
        except (sqlite3.Error, OSError) as error:
            reason = cause(error) if isinstance(error, OSError) else error
            self._tell(f"the cache {path} can't be written: {reason}")
            _remove(path)

    def _path(self) -> Path | None:
        """Return the path of the file, or None if there is none that can be trusted."""
        if self._folder is None or not _is_ours(self._folder / NAME):
            return None
        return self._folder / NAME

    def _unlock(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    name = os.fspath(path)
    for character in "%?#":  # those with a meaning in a URI (sqlite.org/uri.html)
        name = name.replace(character, f"%{ord(character):x}")
    name = f"file:{name}?mode={mode}"
    return sqlite3.connect(name, uri=True, timeout=_PATIENCE, isolation_level=None)


def _write(connection: sqlite3.Connection, rows: Iterable[CachedRow]) -> None:
    """Write rows in one transaction."""
    # A loss of power may damage the file, which then counts as empty: no flush is worth its time.
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_CREATE)
    for kind, key, value in rows:
        if value is None:
            connection.execute("DELETE FROM cached WHERE kind = ? AND key = ?", (kind, key))
        else:
            connection.execute(
                "INSERT OR REPLACE INTO cached VALUES (?, ?, ?, ?)",
                (kind, key, value, _hash(kind, key, value)),
            )
    connection.execute("COMMIT")


def _hash(kind: str, key: str, value: bytes) -> bytes:
    digest = blake2b(value, digest_size=16, key=b"catalogctl")
    digest.update(f"{kind}\n{key}".encode())
    return digest.digest()


def _is_ours(path: Path) -> bool:
    """Return whether a path is a regular file of this user."""
    try:
        state = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(state.st_mode) and state.st_uid == os.geteuid()


def _remove(path: Path) -> None:
    """Remove the file and its journal, if they can be removed."""
    for each in (path, path.with_name(f"{path.name}-journal")):
        try:
            each.unlink(missing_ok=True)
        except OSError:
            return
