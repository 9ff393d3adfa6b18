"""Recognise the files that editors keep next to an open file, and find those that git tracks."""

from __future__ import annotations

import re
from pathlib import Path

from catalogctl.errors import OutsideError

_SIDE_FILE = re.compile(r"\..+\.sw[op]|.*~|#.*#|\.#.*|4913", re.DOTALL)


def is_side_file(name: str) -> bool:
    """Return whether editors create files of this name next to the file being edited."""
    return _SIDE_FILE.fullmatch(name) is not None


def tracked_names(folder: str) -> frozenset[str]:
    """Return the names in a folder that git tracks; none outside git, or if git fails."""
    from catalogctl.source.git import Git, lies_in_git, texts

    if not lies_in_git(Path(folder).resolve()):
        return frozenset()
    try:
        return frozenset(texts(Git(Path(folder)).ask("ls-files", "--cached", "-z", "--", ".")))
    except OutsideError:
        return frozenset()
