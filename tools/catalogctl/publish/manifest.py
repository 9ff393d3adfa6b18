"""Write and read manifest.json, which lists each file's path, size and sha256, sorted by path.

`_headers` and files whose names begin with a dot are for the host, not for readers, and are not
listed (product contract, 5). Paths must differ in more than case, or a case-insensitive disk would
lose one of them (R-12).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from catalogctl.fetch.bounded_json import check_cost
from catalogctl.files import UNLISTED, is_published_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SCHEMA_VERSION = 1
MAX_BYTES = 256 * 1024 * 1024
"""The largest manifest that is read; it has room for well over a million files."""

_MAX_SIZE = 2**53
_RATIO = 5
_SHA256 = re.compile("[0-9a-f]{64}")

_ROWS_IN_A_PIECE = 1000
_START = b'{"path":"'
_UNLISTED = (b'{"path":".', b'{"path":"_headers"', b'{"path":"manifest.json"')


class Listed(msgspec.Struct, frozen=True, gc=False):
    """A file in a manifest: its path in the tree, its size in bytes and its hash."""

    path: str
    size: int
    sha256: str


_listed = msgspec.json.Decoder(Listed)


class _Manifest(msgspec.Struct):
    schema_version: int
    files: list[Listed]


def manifest(rows: Iterable[bytes]) -> bytes:
    """Return the manifest of a tree; `rows` are the results of StagedTree.write, in any order.

    Raise ValueError, naming the paths, if two differ only by case.
    """
    return b"".join(manifest_pieces(rows))


def manifest_pieces(rows: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the manifest in pieces, as expected by StagedTree.write_pieces."""
    ordered = sorted(row for row in rows if not row.startswith(_UNLISTED))
    _check_distinct(ordered)
    yield b'{"schema_version":%d,"files":[' % SCHEMA_VERSION
    for start in range(0, len(ordered), _ROWS_IN_A_PIECE):
        if start:
            yield b","
        yield b",".join(ordered[start : start + _ROWS_IN_A_PIECE])
    yield b"]}\n"


def listed(rows: Iterable[bytes]) -> dict[str, Listed]:
    """Return the decoded rows by path."""
    return {file.path: file for file in map(_listed.decode, rows)}


def changed_files(rows: Iterable[bytes], before: bytes | None) -> tuple[int, int]:
    """Return the total size of these files in bytes, and how many files are new or changed.

    `before` is the manifest of the previous tree; an unreadable one counts as missing.
    """
    try:
        old = read_manifest(before) if before is not None else {}
    except ValueError:
        old = {}
    size = changed = 0
    for encoded in rows:
        file = _listed.decode(encoded)
        size += file.size
        changed += file.path not in UNLISTED and old.get(file.path) != file
    return size, changed


def _check_distinct(rows: list[bytes]) -> None:
    """Raise ValueError if two files or folders of the sorted rows differ only by case.

    Most rows have no capital letter; these are only compared with the few that have one.
    """
    cased: dict[bytes, bytes] = {}
    for row in rows:
        if not row.islower():
            for name in _names(_path(row)):
                _check_case_conflict(name, cased.setdefault(name.lower(), name))
    if not cased:
        return
    last = b""
    for row in rows:
        if row.islower():
            path = _path(row)
            folder = path.rpartition(b"/")[0]
            for name in _names(path) if folder != last else (path,):
                _check_case_conflict(name, cased.get(name, name))
            last = folder


def _check_case_conflict(name: bytes, other: bytes) -> None:
    if other != name:
        raise ValueError(f"{other.decode()} and {name.decode()} differ only by case")


def row_path(row: bytes) -> str:
    """Return the path in a manifest row."""
    return _path(row).decode("ascii")


def _path(row: bytes) -> bytes:
    return row[len(_START) : row.index(b'"', len(_START))]


def _names(path: bytes) -> Iterator[bytes]:
    """Yield a path and its parent folders."""
    while path:
        yield path
        path = path.rpartition(b"/")[0]


def read_manifest(data: bytes) -> dict[str, Listed]:
    """Return the files in a manifest by path, treating its content as untrusted.

    Raise ValueError, with a description of the problem, if a path leaves the tree, a file is listed
    twice, or the structure is wrong.
    """
    check_cost(data, ratio=_RATIO)
    try:
        read = msgspec.json.decode(data, type=_Manifest)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise ValueError("it is not JSON of a manifest's shape") from None
    if read.schema_version != SCHEMA_VERSION:
        raise ValueError(
            f"it has schema_version {read.schema_version}; this catalogctl knows {SCHEMA_VERSION}"
        )
    if not data.endswith(b"}\n"):
        raise ValueError("it does not end with one line feed")
    listed: dict[str, Listed] = {}
    for file in read.files:
        if not is_published_path(file.path) or file.path in UNLISTED:
            raise ValueError(f"it lists {file.path[:200]!r}, which can't be a file of a tree")
        if not 0 <= file.size <= _MAX_SIZE or _SHA256.fullmatch(file.sha256) is None:
            raise ValueError(f"the size or sha256 of {file.path} is invalid")
        if listed.setdefault(file.path, file) is not file:
            raise ValueError(f"it lists {file.path} twice")
    return listed
