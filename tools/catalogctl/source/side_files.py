"""The files that editors keep beside the one they edit, and whether git tracks them."""

from __future__ import annotations

import re
from pathlib import Path

from catalogctl.errors import OutsideError

_SIDE_FILE = re.compile(r"\..+\.sw[op]|.*~|#.*#|\.#.*|4913", re.DOTALL)


def is_side_file(name: str) -> bool:
    """Return whether an editor makes files of this name while another file is open in it."""
    return _SIDE_FILE.fullmatch(name) is not None


def tracked_names(folder: str) -> frozenset[str]:
    """Return the names in a folder that git tracks; none outside git, or where git can't say."""
    from catalogctl.source.git import Git, lies_in_git, texts

    if not lies_in_git(Path(folder).resolve()):
        return frozenset()
    try:
        return frozenset(texts(Git(Path(folder)).ask("ls-files", "--cached", "-z", "--", ".")))
    except OutsideError:
        return frozenset()
