"""Identify everything that every plugin's check and files depend on.

What a cache has of one epoch says nothing about another: a new version of the tool, of its
templates, texts and schemas, of the libraries, or a changed catalog.yaml makes all work again.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl import resources
from catalogctl.content_hash import combined

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATA = ("codes", "schemas", "site")


def check_epoch(settings: bytes) -> bytes:
    """Return the epoch of checks: the tool, and the bytes of catalog.yaml."""
    return combined(_tool(), settings)


@cache
def _tool() -> bytes:
    """Return the epoch of this installation: its files by name, size and time, and its Python.

    The folder of installed packages changes with each one that is installed or upgraded.
    """
    packages = Path(sysconfig.get_path("purelib"))
    folders = [Path(__file__).parents[1], *map(resources.folder, _DATA)]
    files = [each for folder in folders for each in sorted(_files(os.fspath(folder)))]
    installed = packages.stat().st_mtime_ns if packages.is_dir() else 0
    return combined(files, sys.version, os.fspath(packages), installed)


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    """Yield path, size and time of each file below a folder, without compiled code."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            else:
                state = entry.stat()
                yield entry.path, state.st_size, state.st_mtime_ns
