"""A file's name and a line's number in, the line out: what reports show beside a problem."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.problem import Problem
from catalogctl.source.folder import MAX_YAML_SIZE, Folder
from catalogctl.source.hidden import lines

if TYPE_CHECKING:
    from catalogctl.redaction import Line


def source_line(file: str, line: int) -> Line | None:
    """Return a line of a file; None when the file can't be read as text now."""
    every = _lines(file)
    return every[line - 1] if 0 < line <= len(every) else None


@lru_cache(maxsize=8)
def _lines(file: str) -> list[Line]:
    path = Path(file)
    data = Folder(path.parent, "", "").read(path.name, MAX_YAML_SIZE)
    return [] if isinstance(data, Problem) else lines(data)
