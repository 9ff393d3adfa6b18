"""Replace several files together: either all of them or none.

User edits are never lost: a file that differs from what was read is not touched. Temporary files
are written outside the folder that is listed, so that a killed run leaves no stray file in it; the
next run removes them.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import secrets
import stat
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from pathlib import PurePath
from typing import TYPE_CHECKING

from catalogctl.errors import CatalogctlError, OutsideError
from catalogctl.files.atomic import flush_folder, put
from catalogctl.files.os_errors import cause
from catalogctl.files.regular_files import NotAFileError, read_file, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_LEFTOVER = re.compile(r"\.catalogctl-[0-9a-f]{16}\.tmp")
_ANYONE_WRITES = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Replacement:
    """One file: its `path` in the folder and its bytes before and after; None means no file."""

    path: str
    before: bytes | None
    after: bytes | None


class ChangedMeanwhileError(CatalogctlError):
    """Another process changed the file first; nothing was written."""


def replace_files(folder: Path, files: Sequence[Replacement]) -> None:
    """Replace files by new contents, each in one step, in this order.

    Only one such replacement at a time runs in a folder. Raise ChangedMeanwhileError if a file
    differs from what was read, OutsideError if one is read-only, if a symbolic link is among its
    folders, or if the disk fails; files that were replaced before that are restored. Folders below
    those of the catalog go with their last file, and those that were made for files that are not
    written go again.
    """
    with _exclusive(folder):
        _remove_leftovers(folder)
        _refuse_links(folder, files)
        for each in files:
            _check_unchanged(folder / each.path, each)
        done: list[Replacement] = []
        try:
            for each, following in zip_longest(files, files[1:]):
                _put(folder, each)
                done.append(each)
                parent = (folder / each.path).parent
                if following is None or (folder / following.path).parent != parent:
                    flush_folder(parent)  # once for many files of a folder
        except BaseException as error:
            for each in reversed(done):
                with contextlib.suppress(OSError, CatalogctlError):
                    _put(folder, Replacement(each.path, each.after, each.before))
                    flush_folder((folder / each.path).parent)
            _remove_empty_folders(folder, [each for each in files if each.before is None])
            if not isinstance(error, OSError):
                raise
            raise OutsideError(f"{_failed(error, folder / each.path)}: {cause(error)}") from error
        _remove_empty_folders(folder, [each for each in files if each.after is None])


def _failed(error: OSError, path: Path) -> Path | str:
    """Return what failed while the file at `path` was replaced; a temporary file stands for it."""
    name = error.filename
    is_other = isinstance(name, str) and not _LEFTOVER.fullmatch(PurePath(name).name)
    return name if is_other else path


def _remove_empty_folders(folder: Path, files: Iterable[Replacement]) -> None:
    """Remove the empty folders of these files, but not those of the catalog itself."""
    inner = [each for each in _folders(files) if len(each.parts) > 1]
    for each in sorted(inner, key=lambda above: len(above.parts), reverse=True):
        with contextlib.suppress(OSError):  # other files are in it, or it is not there
            (folder / each).rmdir()


def _refuse_links(folder: Path, files: Iterable[Replacement]) -> None:
    """Raise OutsideError if a folder of these files is a symbolic link: it may lead anywhere."""
    for each in sorted(_folders(files)):
        if (folder / each).is_symlink():
            raise OutsideError(f"{folder / each}: {cause(OSError(errno.ELOOP, ''))}")


def _folders(files: Iterable[Replacement]) -> set[PurePath]:
    """Return the folders of these files in that of the catalog."""
    return {above for each in files for above in PurePath(each.path).parents if above.parts}


@contextlib.contextmanager
def _exclusive(folder: Path) -> Iterator[None]:
    """Wait until no other replacement runs in this folder; the lock ends with the process."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise OutsideError(f"{folder}: {cause(error)}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed run left; call this only under the lock of `_exclusive`."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if _LEFTOVER.fullmatch(entry.name):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)  # noqa: PTH108  (what scandir gave)


def _check_unchanged(path: Path, expected: Replacement) -> None:
    """Raise an error if a file differs from what was read, or is read-only."""
    changed = ChangedMeanwhileError(f"{path} was changed by someone else meanwhile: call again")
    try:
        if read_file(path) != expected.before:
            raise changed
        is_writable = path.lstat().st_mode & _ANYONE_WRITES and os.access(path, os.W_OK)
    except NotAFileError:
        raise changed from None
    except FileNotFoundError:
        if expected.before is not None:
            raise changed from None
        return
    except OSError as error:
        raise OutsideError(f"{path}: {cause(error)}") from error
    if not is_writable:
        raise OutsideError(f"{path}: the file is read-only")


def _put(folder: Path, each: Replacement) -> None:
    path = folder / each.path
    if each.after is None:
        path.unlink()
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary, old = folder / f".catalogctl-{secrets.token_hex(8)}.tmp", state_of(path)
        check = partial(_check_unchanged, path, each)
        put(path, temporary, each.after, partial(_set_rights, old), check, flush=False)


def _set_rights(old: os.stat_result | None, handle: int) -> None:
    """Set a file's owner and permissions to those of the file that it replaces."""
    if old is not None:
        new = os.fstat(handle)
        if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
            os.fchown(handle, old.st_uid, old.st_gid)
        os.fchmod(handle, stat.S_IMODE(old.st_mode))
