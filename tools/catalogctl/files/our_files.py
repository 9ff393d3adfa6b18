"""List the files of a tree that catalogctl built, and tell it from other folders.

A tree is ours if it has a manifest.json as we write it and holds nothing, at any depth, but what
the manifest lists and the signatures of the tree (hardening Q-06). An empty folder is anybody's, so
it counts as ours.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import msgspec

from catalogctl.files.atomic import LEFTOVER
from catalogctl.files.leftovers import open_folder
from catalogctl.files.regular_files import NotAFileError, read_file
from catalogctl.files.tree_paths import MANIFEST, TRUST, TRUST_FOLDERS, UNLISTED, is_signature

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_DESKTOP_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_NFS_FILE = re.compile(r"\.nfs[0-9a-f]+")
"""The name that NFS gives a file that is removed while someone reads it, until that ends."""
_RANDOM = len(".0123456789abcdef.tmp")


class ForeignError(Exception):
    """Not all of a folder was built by catalogctl; the message says why.

    `stray` is the path of what catalogctl did not build, "" if nothing says that anything is ours.
    """

    def __init__(self, message: str, stray: str = "") -> None:
        super().__init__(message)
        self.stray = stray


class _ManifestRow(msgspec.Struct, gc=False):
    path: str


class _OldManifest(msgspec.Struct):
    schema_version: int
    files: list[_ManifestRow]


def our_files(folder: int, *, deep: bool = True) -> dict[str, int]:
    """Return what an open folder holds, as `list_tree` does; raise ForeignError if it is not ours.

    Without `deep`, only the names directly in the folder are looked at, and nothing is returned.
    """
    names = os.listdir(folder)
    if _DESKTOP_FILES.issuperset(names):
        return list_tree(folder)
    listed = {*_listed_paths(folder), *UNLISTED}
    if not deep:
        _check_strays(names, {TRUST, *(path.partition("/")[0] for path in listed)})
        return {}
    folders = folders_of(listed) | TRUST_FOLDERS
    found = list_tree(folder, folders)
    _check_strays((path for path in found if path[-1] != "/"), listed)
    return found


def list_tree(folder: int, known: Collection[str] | None = None) -> dict[str, int]:
    """Return the inode of everything below an open folder by path, without following links.

    A path that ends with "/" is a folder's. A folder that is not `known` is listed like a file.
    """
    found: dict[str, int] = {}
    _list(folder, "", known, found)
    return found


def _list(folder: int, prefix: str, known: Collection[str] | None, found: dict[str, int]) -> None:
    folders = []
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            if entry.is_dir(follow_symlinks=False) and (known is None or path in known):
                folders.append((entry.name, f"{path}/", entry.inode()))
            else:
                found[path] = entry.inode()
    for name, path, inode in folders:
        found[path] = inode
        handle = open_folder(folder, name)
        try:
            _list(handle, path, known, found)
        finally:
            os.close(handle)


def _listed_paths(folder: int) -> Iterator[str]:
    """Return the paths in the manifest of a tree. Raise ForeignError without a manifest of ours."""
    try:
        manifest = msgspec.json.decode(read_file(MANIFEST, folder=folder), type=_OldManifest)
    except OSError:
        raise ForeignError(f"it has no {MANIFEST}") from None
    except (NotAFileError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ForeignError(f"its {MANIFEST} is not one of ours") from None
    return (file.path for file in manifest.files)


def is_left_by_signing(path: str) -> bool:
    """Return whether a path is that of a signature that a killed process had begun to write."""
    folder, _, name = path.rpartition("/")
    return LEFTOVER.fullmatch(name) is not None and is_signature(f"{folder}/{name[1:-_RANDOM]}")


def _check_strays(found: Iterable[str], listed: Collection[str]) -> None:
    """Raise ForeignError, naming the first, if something was found that is not listed."""
    strays = [path for path in found if path not in listed and not is_signature(path)]
    strays = [path for path in strays if not _is_left_over(path.rpartition("/")[2])]
    strays = [path for path in strays if not is_left_by_signing(path)]
    if strays:
        first = min(strays)
        raise ForeignError(f"it holds {first}, which catalogctl did not build", first)


def _is_left_over(name: str) -> bool:
    """Return whether a desktop or NFS puts files of this name into any folder."""
    return name in _DESKTOP_FILES or _NFS_FILE.fullmatch(name) is not None


def folders_of(paths: Iterable[str]) -> set[str]:
    """Return each folder above these paths."""
    folders = {path.rpartition("/")[0] for path in paths}
    above = folders
    while above := {path.rpartition("/")[0] for path in above} - folders:
        folders |= above
    return folders
