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
from hashlib import blake2b
from importlib.metadata import requires, version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from catalogctl import resources
from catalogctl.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.source.settings import Settings

_encoder = msgspec.msgpack.Encoder(order="deterministic")
_DATA = ("codes", "schemas", "site")


def check_epoch(settings: Settings) -> bytes:
    """Return the epoch of checks: the tool, and the settings of the catalog."""
    return combined(_tool(), settings)


def combined(*parts: object) -> bytes:
    """Return the hash of some plain values."""
    return blake2b(_encoder.encode(parts), digest_size=20).digest()


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
    digest = blake2b(digest_size=20)
    for folder in _folders():
        for path, *_ in sorted(_files(folder)):
            data = Path(path).read_bytes()
            digest.update(_encoder.encode((os.path.relpath(path, folder), len(data))) + data)
    digest.update(_encoder.encode([(name, version(name)) for name in _libraries()]))
    return Installation(__version__, platform.python_version(), digest.hexdigest())


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
    files = [each for folder in _folders() for each in sorted(_files(folder))]
    installed = packages.stat().st_mtime_ns if packages.is_dir() else 0
    return combined(files, sys.version, os.fspath(packages), installed)


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    for top, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            state = os.stat(os.path.join(top, name))  # noqa: PTH116, PTH118  (some 400 files)
            yield f"{top}/{name}", state.st_size, state.st_mtime_ns
