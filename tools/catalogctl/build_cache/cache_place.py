"""Find the folder for the cache of a catalog, and decide whether to trust it."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME_DIGITS = 16
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def cache_home(environ: Mapping[str, str]) -> Path | None:
    """Return the folder for everything that is cached, or None without a home directory.

    A relative XDG_CACHE_HOME is ignored (XDG base directories, 0.8).
    """
    home = environ.get("HOME", "")
    base = environ.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):
        base = f"{home}/.cache" if home else ""
    return Path(base) / "catalogctl" if base else None


def catalog_cache(catalog: Path, environ: Mapping[str, str]) -> Path | None:
    """Return the folder for the cache of the catalog in the folder `catalog`, or None."""
    home = cache_home(environ)
    if home is None:
        return None
    place = os.fsencode(os.path.realpath(catalog))
    return home / hashlib.sha256(place).hexdigest()[:_NAME_DIGITS]


def make_trusted(folder: Path) -> None:
    """Create the folder of a cache, if it is absent. Raise OSError if it can't be trusted."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    check_trusted(folder)


def check_trusted(folder: Path) -> None:
    """Raise OSError, which says why, unless only this user can have written to the folder."""
    state = folder.lstat()
    if stat.S_ISLNK(state.st_mode):
        raise PermissionError("it is a symbolic link")
    if not stat.S_ISDIR(state.st_mode):
        raise NotADirectoryError("it is not a folder")
    if state.st_uid != os.geteuid():
        raise PermissionError("it belongs to another user")
    if state.st_mode & _OTHERS_WRITE:
        raise PermissionError("other users can write to it")
