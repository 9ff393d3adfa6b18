"""Read the files of a folder, opening each once and only if it is a regular file.

Nothing that leads out of the catalog is followed: files are opened by name relative to their
opened folder, never through a symbolic link and never blocking, and their size and type are
checked on the open file itself (hardening R-10, R-12).
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files.atomic import LEFTOVER
from catalogctl.files.os_errors import cause
from catalogctl.files.regular_files import NotAFileError, read_file
from catalogctl.problem import Problem
from catalogctl.source.side_files import is_side_file, tracked_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

MAX_YAML_SIZE = 256 * 1024
MAX_LOCK_SIZE = 16 * 1024 * 1024
MAX_IMPORTED_SIZE = 64 * 1024 * 1024
PASSED_OVER = frozenset({".gitkeep", ".gitignore", ".gitattributes", ".DS_Store"})
SETTINGS_FILE = "catalog.yaml"
IMPORTED_FILE = "imported.json"
_OUT = "move it out of this folder"


def is_ignored(name: str) -> bool:
    """Return whether files of this name are ignored in every folder, unless git tracks them."""
    if name[0] not in ".#4" and name[-1] != "~":  # as nearly every name
        return False
    return name in PASSED_OVER or is_side_file(name) or LEFTOVER.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of one folder: `names` sorted by bytes, `problems` about stray entries."""

    names: tuple[str, ...]
    problems: tuple[Problem, ...]


class Substitute(NamedTuple):
    """The folder that has the entries of these names instead; it may not have all of them."""

    path: str = ""
    names: frozenset[str] = frozenset()


_NOTHING = Substitute()


class Folder:
    """One of a catalog's folders (`plugins`, `versions`, `queries`, or "" for the catalog itself).

    `path` is its location, `label` its name in reports: relative to the working directory.
    `overlay` maps some names to bytes that replace those on the disk, or to None for no file, so
    that a change can be checked before it is made. `substitute` has some of the entries as they
    were in another state of the catalog.
    """

    def __init__(
        self,
        catalog: Path,
        name: str,
        label: str,
        overlay: Mapping[str, bytes | None] = MappingProxyType({}),
        substitute: Substitute = _NOTHING,
    ) -> None:
        self.path = os.path.join(catalog, name) if name else str(catalog)  # noqa: PTH118  (hot)
        self.name = name
        self.label = label
        self._overlay = overlay
        self._substitute = substitute

    def file(self, name: str) -> str:
        """Return the name of a file of this folder in reports."""
        if not name.isascii():
            name = os.fsencode(name).decode("utf-8", "backslashreplace")
        return f"{self.label}/{name}" if self.label else name

    def problem(self, name: str, code: str, message: str, hint: str) -> Problem:
        """Return a problem about a file of this folder as a whole."""
        return _problem(self.file(name), code, message, hint)

    def listing(self, ending: str) -> Listing:
        """Return the files with this ending, and a problem for every other entry."""

        def refusal(name: str) -> tuple[str, str] | None:
            stem, _, other = name.rpartition(".")
            if name.endswith(ending) and name != ending:
                return None
            is_yaml = ending == ".yaml" and other.lower() in {"yml", "yaml"} and stem
            hint = f"rename it to {stem}.yaml" if is_yaml else _OUT
            return f"only *{ending} files belong here", hint

        return self.listing_of(refusal)

    def listing_of(self, refusal: Callable[[str], tuple[str, str] | None]) -> Listing:
        """Return the files whose names belong here, and a problem for every other entry.

        `refusal` returns the message and the hint for a name that does not, else None.
        """
        other = self.wrong_type_problem()
        if other is not None:
            return Listing((), (other,))
        names = [name for name, data in self._overlay.items() if data is not None]
        problems: list[Problem] = []
        for entry in self._own_entries():
            name = entry.name
            if name in self._overlay:
                continue
            problem = self._stray(entry, refusal(name))
            if problem is None:
                names.append(name)
            else:
                problems.append(problem)
        return Listing(tuple(sorted(names, key=os.fsencode)), tuple(problems))

    def subfolders(self, refusal: Callable[[str], tuple[str, str] | None]) -> Listing:
        """Return the folders in this folder, and a problem for every other entry.

        `refusal` returns the message and the hint for a name that does not belong here, else None.
        """
        other = self.wrong_type_problem()
        if other is not None:
            return Listing((), (other,))
        names: list[str] = []
        problems: list[Problem] = []
        for entry in self._own_entries():
            is_folder = entry.is_dir(follow_symlinks=False)
            refused = refusal(entry.name)
            if is_folder and refused is None:
                names.append(entry.name)
            elif is_folder and refused is not None:
                problems.append(self.problem(entry.name, "stray-file", *refused))
            else:
                stray = self._stray(entry, refused or ("only folders belong here", _OUT))
                problems += [stray] if stray is not None else []
        return Listing(tuple(sorted(names, key=os.fsencode)), tuple(problems))

    def wrong_type_problem(self) -> Problem | None:
        """Return a problem if something other than a folder is at its path, else None."""
        try:
            mode = os.lstat(self.path).st_mode
        except OSError:  # there is none, or `_entries` says why it can't be read
            return None
        if stat.S_ISLNK(mode):
            message = "a symbolic link is never followed"
            return _problem(self.label, "symbolic-link", message, "make it a folder")
        if stat.S_ISDIR(mode):
            return None
        return _problem(self.label, "stray-file", "a folder belongs here", "make it a folder")

    def _own_entries(self) -> Iterator[os.DirEntry[str]]:
        """Yield the entries of the folder, without what tools and editors leave behind.

        Git is asked only if there is a side file, because one that is tracked counts as a file.
        """
        tracked: frozenset[str] | None = None
        for entry in self._entries():
            if not is_ignored(entry.name):
                yield entry
            elif is_side_file(entry.name):
                tracked = tracked_names(self.path) if tracked is None else tracked
                if entry.name in tracked:
                    yield entry

    def _entries(self) -> Iterator[os.DirEntry[str]]:
        other, names = self._substitute
        if not names:
            yield from self._scanned(self.path)
            return
        yield from (entry for entry in self._scanned(self.path) if entry.name not in names)
        yield from (entry for entry in self._scanned(other) if entry.name in names)

    def _scanned(self, path: str) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(path) as entries:
                yield from entries
        except FileNotFoundError:
            return
        except OSError as error:
            raise OutsideError(f"can't read {self.label}: {cause(error)}") from error

    def _location(self, name: str) -> str:
        """Return the path of an entry."""
        return f"{self._substitute.path if name in self._substitute.names else self.path}/{name}"

    def _stray(self, entry: os.DirEntry[str], refused: tuple[str, str] | None) -> Problem | None:
        """Return the problem of an entry that is not a regular file, or whose name is refused."""
        name = entry.name
        is_file = entry.is_file(follow_symlinks=False)
        if is_file and refused is None:
            return None
        if entry.is_symlink():
            message, hint = "a symbolic link is never followed", "put a regular file in its place"
            return self.problem(name, "symbolic-link", message, hint)
        if entry.is_dir(follow_symlinks=False):
            hint = "move its files up: one folder, no levels"
            return self.problem(name, "stray-file", "a folder does not belong here", hint)
        if not is_file or refused is None:
            return self.problem(name, "unreadable", "this is not a regular file", "remove it")
        return self.problem(name, "stray-file", *refused)

    def read(self, name: str, limit: int = MAX_YAML_SIZE) -> bytes | Problem:
        """Return the bytes of a file, read once, or a problem if it can't be read.

        `limit` is in bytes.
        """
        try:
            return self._bytes(name, limit)
        except NotAFileError as error:
            code, message, hint = "unreadable", "this is not a regular file", "remove it"
            if error.size:
                code, hint = "file-too-large", "shorten it"
                message = f"the file has {error.size} bytes; at most {limit} are allowed"
        except OSError as error:
            code, hint = "unreadable", "make it a readable, regular file"
            message = f"can't be read: {cause(error)}"
        return self.problem(name, code, message, hint)

    def _bytes(self, name: str, limit: int) -> bytes:
        if name not in self._overlay:
            return read_file(self._location(name), limit)
        data = self._overlay[name]
        if data is None:
            raise OSError("it is taken out")
        if len(data) > limit:
            raise NotAFileError("is too large", len(data))
        return data

    def is_overlaid(self, name: str) -> bool:
        """Return whether the overlay replaces or removes the file of this name."""
        return name in self._overlay

    def has(self, name: str) -> bool:
        """Return whether the folder has an entry of this name, of any kind."""
        if name in self._overlay:
            return self._overlay[name] is not None
        return os.path.lexists(self._location(name))


def _problem(file: str, code: str, message: str, hint: str) -> Problem:
    return Problem(file, 1, 1, code, "", message, hint)


def find_catalog(start: Path) -> Path:
    """Return the nearest folder with a catalog.yaml: `start`, its catalog/, or the same upward.

    Raise UsageError if there is none.
    """
    for folder in (start, *start.parents):
        for candidate in (folder, folder / "catalog"):
            if (candidate / SETTINGS_FILE).is_file():
                return candidate
    raise UsageError(
        f"no catalog found: neither {start} nor a folder above it holds {SETTINGS_FILE}"
        f" or catalog/{SETTINGS_FILE} (say where it is with --catalog DIR)"
    )


def label_of(catalog: Path, working: Path) -> str:
    """Return the name of the catalog's folder in reports: relative to the working directory."""
    label = os.path.relpath(catalog, working)
    return "" if label == "." else label
