"""Identify everything that every plugin's check and files depend on.

What a cache has of one epoch says nothing about another: a new version of the tool, of its
templates, texts and schemas, of the libraries, or a changed catalog.yaml makes all work again.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import sysconfig
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from catalogctl import resources
from catalogctl.content_hash import combined, content_digest
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATA = ("codes", "schemas", "site")


def check_epoch(settings: bytes) -> bytes:
    """Return the epoch of checks: the tool, and the bytes of catalog.yaml."""
    return combined(_tool(), settings)


class Installation(NamedTuple):
    """The versions of catalogctl and Python, and what identifies the files and libraries used."""

    tool: str
    python: str
    content: str

    def __str__(self) -> str:
        """Return the versions for people."""
        return f"catalogctl {self.tool} on Python {self.python}"


@cache
def installation() -> Installation:
    """Return what installations on two machines have in common if they make the same bytes."""
    files = [
        (os.path.relpath(path, folder), content_digest(Path(path).read_bytes()))
        for folder in _folders()
        for path, *_ in sorted(_files(os.fspath(folder)))
    ]
    libraries = [(name, version(name)) for name in _libraries()]
    content = combined(files, libraries).hex()
    return Installation(__version__, platform.python_version(), content)


def _libraries() -> list[str]:
    """Return the names of the packages that catalogctl needs to run."""
    needed = [each for each in requires("catalogctl") or () if "extra ==" not in each]
    return sorted(found[0] for each in needed if (found := re.match(r"[\w.-]+", each)))


def _folders() -> list[Path]:
    return [Path(__file__).parents[1], *map(resources.folder, _DATA)]


@cache
def _tool() -> bytes:
    """Return the epoch of this installation: its files by name, size and time, and its Python.

    The folder of installed packages changes with each one that is installed or upgraded.
    """
    packages = Path(sysconfig.get_path("purelib"))
    files = [each for folder in _folders() for each in sorted(_files(os.fspath(folder)))]
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
