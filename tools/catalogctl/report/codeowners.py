"""Files and their owners in, a CODEOWNERS file out (GitHub, "About code owners")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.report.cleaning import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEAD = "# Written by catalogctl owners --format codeowners: the maintainers of each plugin file.\n"


def render(owners: Mapping[str, Sequence[str]]) -> str:
    """Return one line for each file that has owners; files are paths in the repository."""
    lines = [
        f"/{_escaped(path)} {' '.join(map(clean, names))}\n"
        for path, names in sorted(owners.items())
        if names
    ]
    return HEAD + "".join(lines)


def _escaped(path: str) -> str:
    return clean(path).replace("\\", "\\\\").replace(" ", "\\ ").replace("#", "\\#")
