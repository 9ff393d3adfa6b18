"""Rows of written files in, manifest.json out: path, size and sha256 of each, sorted by path.

`_headers` and the files whose names begin with a dot are for the host, not for readers: they are
not listed (product contract, 5). Paths have to differ in more than case, or a disk that takes no
notice of it would lose one of them (R-12).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SCHEMA_VERSION = 1

_ROWS_IN_A_PIECE = 1000
_START = b'{"path":"'
_UNLISTED = (b'{"path":".', b'{"path":"_headers"', b'{"path":"manifest.json"')


def manifest(rows: Iterable[bytes]) -> bytes:
    """Return the manifest of a tree; `rows` are what StagedTree.write returned, in any order.

    Raises ValueError naming two paths that differ only by case.
    """
    return b"".join(manifest_pieces(rows))


def manifest_pieces(rows: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the manifest piece by piece, as StagedTree.write_pieces takes it."""
    listed = sorted(row for row in rows if not row.startswith(_UNLISTED))
    _check_distinct(listed)
    yield b'{"schema_version":%d,"files":[' % SCHEMA_VERSION
    for start in range(0, len(listed), _ROWS_IN_A_PIECE):
        if start:
            yield b","
        yield b",".join(listed[start : start + _ROWS_IN_A_PIECE])
    yield b"]}\n"


def _check_distinct(rows: list[bytes]) -> None:
    """Raise ValueError when two files or folders of sorted rows differ only by case.

    Most rows have no capital; such ones are held only against the few that have one.
    """
    cased: dict[bytes, bytes] = {}
    for row in rows:
        if not row.islower():
            for name in _names(_path(row)):
                _hold_apart(name, cased.setdefault(name.lower(), name))
    if not cased:
        return
    last = b""
    for row in rows:
        if row.islower():
            path = _path(row)
            folder = path.rpartition(b"/")[0]
            for name in _names(path) if folder != last else (path,):
                _hold_apart(name, cased.get(name, name))
            last = folder


def _hold_apart(name: bytes, other: bytes) -> None:
    if other != name:
        raise ValueError(f"{other.decode()} and {name.decode()} differ only by case")


def _path(row: bytes) -> bytes:
    return row[len(_START) : row.index(b'"', len(_START))]


def _names(path: bytes) -> Iterator[bytes]:
    """Yield a path and the folders above it."""
    while path:
        yield path
        path = path.rpartition(b"/")[0]
