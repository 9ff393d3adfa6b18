"""Identify everything that every plugin's check and files depend on.

What a cache has of one epoch says nothing about another: a new version of the tool, of its
templates, texts and schemas, of the libraries, or a changed catalog.yaml makes all work again.
This looks at each file of the tool, so it looks at no more than it has to: a read call of one
plugin takes little longer.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from catalogctl import resources
from catalogctl.content_hash import combined

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1]


def check_epoch(settings: bytes) -> bytes:
    """Return the epoch of checks: the tool, its schemas, and the bytes of catalog.yaml."""
    return combined(_tool(), settings)


@cache
def site_epoch() -> bytes:
    """Return the epoch of pages beside that of checks: templates, texts, styles and scripts."""
    return combined(sorted(files_below(resources.folder("site"))))


@cache
def _tool() -> bytes:
    """Return the epoch of this installation: its files by name, size and time, and its Python.

    The folder of installed packages changes with each one that is installed or upgraded.
    """
    packages = Path(msgspec.__file__).parents[1]
    files = [*sorted(files_below(PACKAGE)), *sorted(files_below(resources.folder("schemas")))]
    return combined(files, sys.version, os.fspath(packages), packages.stat().st_mtime_ns)


def files_below(folder: Path | str) -> Iterator[tuple[str, int, int]]:
    """Yield path, size and time of each file below a folder, without compiled code."""
    with os.scandir(os.fspath(folder)) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from files_below(entry.path)
            else:
                state = entry.stat()
                yield entry.path, state.st_size, state.st_mtime_ns
