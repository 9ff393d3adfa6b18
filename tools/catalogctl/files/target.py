"""A place for a tree in, nothing or the reason why no tree can be put there out.

What stands there is replaced only when it is an empty folder or a tree of ours: one with a
manifest.json as we write it, and with nothing at its top that we did not put there.
"""

from __future__ import annotations

import mmap
import os
import re
import stat
from pathlib import Path

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files.causes import cause
from catalogctl.files.paths import MANIFEST, UNLISTED

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_BEGINNING = re.compile(rb'\{"schema_version":[0-9]+,"files":\[')
_END = b"]}\n"
_DESKTOP_FILES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def check_target(folder: int, name: str, place: Path) -> None:
    """Raise UsageError or OutsideError when `name` in a folder can't be replaced by a tree.

    `place` is the path as it was given; a symbolic link on the way has been followed to `name`.
    """
    try:
        state = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutsideError(f"{place}: {cause(error)}") from error
    if stat.S_ISLNK(state.st_mode):
        raise UsageError(f"{place} is a symbolic link that leads nowhere")
    if not stat.S_ISDIR(state.st_mode):
        raise UsageError(f"{place} is not a folder; name a folder for the tree, or remove it")
    if _is_mount_point(Path(os.path.realpath(place))):
        raise UsageError(
            f"{place} is a mount point and can't be swapped; name a folder inside it,"
            f" such as {place / 'public'}"
        )
    try:
        handle = os.open(name, _OPEN | os.O_DIRECTORY, dir_fd=folder)
        try:
            _check_content(handle, place)
        finally:
            os.close(handle)
        writable = os.access(
            name, os.W_OK, dir_fd=folder, effective_ids=os.access in os.supports_effective_ids
        )
    except OSError as error:
        raise OutsideError(f"{place}: {cause(error)}") from error
    if not writable:
        raise OutsideError(f"{place}: the folder is read-only")


def _check_content(folder: int, place: Path) -> None:
    """Raise UsageError when a folder holds what catalogctl did not build."""
    names = sorted(set(os.listdir(folder)) - _DESKTOP_FILES)
    if not names:
        return
    try:
        handle = os.open(MANIFEST, _OPEN, dir_fd=folder)
    except OSError:
        raise _not_ours(place, f"it has no {MANIFEST}") from None
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode) or state.st_size == 0:
            raise _not_ours(place, f"its {MANIFEST} is not one of ours")
        with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as manifest:
            if _BEGINNING.match(manifest) is None or manifest[-len(_END) :] != _END:
                raise _not_ours(place, f"its {MANIFEST} is not one of ours")
            for name in names:
                if name not in UNLISTED and not _lists(manifest, name):
                    raise _not_ours(place, f"it holds {name}")
    finally:
        os.close(handle)


def _lists(manifest: mmap.mmap, name: str) -> bool:
    """Tell whether a manifest has a file, or files in a folder, of this name at the top."""
    start = b'{"path":"' + os.fsencode(name)
    return manifest.find(start + b"/") >= 0 or manifest.find(start + b'"') >= 0


def _not_ours(place: Path, reason: str) -> UsageError:
    return UsageError(
        f"{place} was not built by catalogctl ({reason}), so it is not replaced;"
        " empty it, or name another folder"
    )


def _is_mount_point(place: Path) -> bool:
    """Tell whether something is mounted there, also a folder of the same file system."""
    if place.is_mount():
        return True
    try:
        with open("/proc/self/mountinfo", "rb") as table:  # noqa: PTH123  (bytes, line by line)
            points = {line.split(b" ", 5)[4] for line in table}
    except OSError:
        return False
    escaped = re.sub(rb"[ \t\n\\]", lambda found: b"\\%03o" % found[0][0], os.fsencode(place))
    return escaped in points
