"""Compare a published tree in a folder with its manifest.json.

Nothing in the tree is trusted. Links are not followed, folders not named in the manifest are not
entered, and paths in the manifest that could leave the tree are not opened (R-12, R-30).
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import MANIFEST, UNLISTED, NotAFileError, cause, read_file
from catalogctl.files.our_files import folders_of, is_left_by_signing
from catalogctl.files.tree_paths import TRUST_FOLDERS, is_signature
from catalogctl.publish.manifest import MAX_BYTES, Listed, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_PIECE = 1024 * 1024


class MismatchKind(StrEnum):
    """How a file differs from the manifest; BROKEN refers to the manifest itself.

    The last six are about the signatures of a tree.
    """

    ADDED = "added"
    BROKEN = "broken"
    CHANGED = "changed"
    MISSING = "missing"
    TRUNCATED = "truncated"
    UNREADABLE = "unreadable"
    MISSING_SIGNATURE = "missing-signature"
    SIGNATURE = "signature"
    ROLLBACK = "rollback"
    EXPIRED = "expired"
    IDENTITY = "identity"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True, order=True)
class ManifestMismatch:
    """A file that differs from the manifest; `detail` describes how and may be empty.

    An added folder is reported once, with a trailing "/".
    """

    path: str
    kind: MismatchKind
    detail: str = ""


class Further(NamedTuple):
    """What is known of a tree besides its manifest: differences, and further files to compare."""

    differences: list[ManifestMismatch]
    files: list[Listed]


NO_MANIFEST = ManifestMismatch(MANIFEST, MismatchKind.MISSING, "without it nothing can be compared")


def verify_folder(path: Path) -> list[ManifestMismatch]:
    """Return every difference between a folder and its manifest, sorted by path.

    Raise UsageError if there is no such folder, and OutsideError if it can't be listed.
    """
    try:
        root = os.open(path, _OPEN_FOLDER)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(f"{path} is not a folder") from error
    except OSError as error:
        raise OutsideError(f"{path}: {cause(error)}") from error
    try:
        listed = _listed(root)
        if isinstance(listed, ManifestMismatch):
            return [listed]
        return sorted(_compare(root, listed))
    except OSError as error:
        raise OutsideError(f"{path}: {cause(error)}") from error
    finally:
        os.close(root)


def differs(listed: Listed, size: int, sha256: str) -> ManifestMismatch | None:
    """Return the difference in a file's size or else in its hash, if any."""
    if size != listed.size:
        kind = MismatchKind.TRUNCATED if size < listed.size else MismatchKind.CHANGED
        return ManifestMismatch(listed.path, kind, f"{size} bytes instead of {listed.size}")
    if sha256 != listed.sha256:
        detail = f"its sha256 is {sha256[:12]}… instead of {listed.sha256[:12]}…"
        return ManifestMismatch(listed.path, MismatchKind.CHANGED, detail)
    return None


def _listed(root: int) -> Mapping[str, Listed] | ManifestMismatch:
    """Return the files in an open folder's manifest, or a ManifestMismatch without a usable one."""
    try:
        return read_manifest(read_file(MANIFEST, MAX_BYTES, folder=root))
    except FileNotFoundError:
        return NO_MANIFEST
    except (OSError, NotAFileError, ValueError) as error:
        words = cause(error) if isinstance(error, OSError) else str(error)
        return ManifestMismatch(MANIFEST, MismatchKind.BROKEN, words)


def _compare(root: int, listed: Mapping[str, Listed]) -> Iterator[ManifestMismatch]:
    """Yield the differences of existing entries, then the missing files."""
    folders = folders_of(listed) | TRUST_FOLDERS
    seen: set[str] = set()
    for path, difference in _walk(root, "", listed, folders):
        seen.add(path)
        if difference is not None:
            yield difference
    for path in listed.keys() - seen:
        yield ManifestMismatch(path, MismatchKind.MISSING)


def _walk(
    folder: int, prefix: str, listed: Mapping[str, Listed], folders: set[str]
) -> Iterator[tuple[str, ManifestMismatch | None]]:
    """Yield each entry in an open folder and its subfolders by path, with any difference."""
    with os.scandir(folder) as entries:
        names = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    for name, is_folder in names:
        path = prefix + os.fsencode(name).decode("utf-8", "backslashreplace")
        if is_folder and path in folders:
            handle = os.open(name, _OPEN_FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            try:
                yield from _walk(handle, path + "/", listed, folders)
            finally:
                os.close(handle)
        elif is_folder:
            yield path + "/", ManifestMismatch(path + "/", MismatchKind.ADDED, "a folder")
        elif path in listed:
            yield path, _compare_file(folder, name, listed[path])
        else:
            yield path, _unlisted(folder, name, path)


def _unlisted(folder: int, name: str, path: str) -> ManifestMismatch | None:
    """Return the difference for an entry missing from the manifest, or None if it is allowed."""
    state = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if stat.S_ISREG(state.st_mode):
        is_known = path in UNLISTED or is_signature(path) or is_left_by_signing(path)
        return None if is_known else ManifestMismatch(path, MismatchKind.ADDED)
    return ManifestMismatch(path, MismatchKind.ADDED, _what(state.st_mode))


def _compare_file(folder: int, name: str, listed: Listed) -> ManifestMismatch | None:
    """Compare a file with its row; compute the hash only if the size is right."""
    path = listed.path
    try:
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(state.st_mode):
            return ManifestMismatch(path, MismatchKind.CHANGED, _what(state.st_mode))
        handle = os.open(name, _OPEN_FILE, dir_fd=folder)
        try:
            size, digest = os.fstat(handle).st_size, hashlib.sha256()
            for piece in _pieces(handle, size) if size == listed.size else ():
                digest.update(piece)
        finally:
            os.close(handle)
    except OSError as error:
        return ManifestMismatch(path, MismatchKind.UNREADABLE, cause(error))
    return differs(listed, size, digest.hexdigest())


def _pieces(handle: int, size: int) -> Iterator[bytes]:
    """Yield the first `size` bytes of an open file, and one more byte if it has grown."""
    left = size + 1
    while left > 0 and (piece := os.read(handle, min(left, _PIECE))):
        left -= len(piece)
        yield piece


def _what(mode: int) -> str:
    """Return the description of an entry that is not a regular file."""
    return "a symbolic link" if stat.S_ISLNK(mode) else "neither a file nor a folder"
