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
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl import resources
from catalogctl.content_hash import combined

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).parents[1]
_LIBRARIES = (
    *("jinja2", "jsonschema", "jsonschema_rs", "markdown_it", "markupsafe", "mdurl"),
    *("msgspec", "rcssmin", "re2", "rfc8785", "yaml"),
)
"""What checks and files depend on; each may be in a folder of its own, such as `~/.local`."""


def check_epoch(settings: bytes) -> bytes:
    """Return the epoch of checks: the tool, its schemas, and the bytes of catalog.yaml."""
    return combined(_tool(), settings)


@cache
def site_epoch() -> bytes:
    """Return the epoch of pages beside that of checks: templates, texts, styles and scripts."""
    return combined(sorted(files_below(resources.folder("site"))))


@cache
def _tool() -> bytes:
    """Return the epoch of this installation: its files by name, size and time, and its Python."""
    files = [*sorted(files_below(PACKAGE)), *sorted(files_below(resources.folder("schemas")))]
    return combined(files, sys.version, _library_folders())


def _library_folders() -> list[tuple[str, int]]:
    """Return the folders that hold the libraries, and their times, without importing a library.

    A folder changes with each package in it that is installed or upgraded.
    """
    specs = [PathFinder.find_spec(name) for name in _LIBRARIES]
    places = [(each.submodule_search_locations or [each.origin or ""])[0] for each in specs if each]
    folders = {Path(place).parent for place in places}
    return [(os.fspath(folder), folder.stat().st_mtime_ns) for folder in sorted(folders)]


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
