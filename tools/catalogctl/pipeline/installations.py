"""Identify an installation: two that are equal make the same bytes."""

from __future__ import annotations

import os
import platform
import re
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path
from typing import NamedTuple

from catalogctl import resources
from catalogctl.content_hash import combined, content_digest
from catalogctl.pipeline.cache_epochs import PACKAGE, files_below
from catalogctl.version import __version__

_DATA = ("codes", "schemas", "site")


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
    """Return what identifies this installation; machines with equal values make the same bytes."""
    files = [
        (os.path.relpath(path, folder), content_digest(Path(path).read_bytes()))
        for folder in (PACKAGE, *map(resources.folder, _DATA))
        for path, *_ in sorted(files_below(folder))
    ]
    libraries = [(name, version(name)) for name in _libraries()]
    content = combined(files, libraries).hex()
    return Installation(__version__, platform.python_version(), content)


def _libraries() -> list[str]:
    """Return the names of the packages that catalogctl needs to run."""
    needed = [each for each in requires("catalogctl") or () if "extra ==" not in each]
    return sorted(found[0] for each in needed if (found := re.match(r"[\w.-]+", each)))
