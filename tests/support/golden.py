"""Texts that a person reads, kept in a folder: what is made now has to be what is kept.

`make golden` keeps what is made now; the review reads the diff. Callers replace what may change
(times, commits, paths) before they ask, and keep few enough files to be read.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def check(folder: Path, made: Mapping[str, str]) -> None:
    """Hold texts (path → text) against the folder that keeps them, or keep them from now on."""
    if os.environ.get("GOLDEN") == "accept":
        _keep(folder, made)
    kept = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    assert dict(sorted(made.items())) == kept, "make golden keeps what is made now"


def _keep(folder: Path, made: Mapping[str, str]) -> None:
    """Make the folder hold these texts and no others."""
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
