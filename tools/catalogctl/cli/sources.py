"""A file's name and a line's number in, the line's text out: what reports show beside a problem."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from catalogctl.problem import Problem
from catalogctl.source.folder import MAX_YAML_SIZE, Folder


def source_line(file: str, line: int) -> str | None:
    """Return a line of a file; None when the file can't be read as text now."""
    lines = _lines(file)
    return lines[line - 1] if 0 < line <= len(lines) else None


@lru_cache(maxsize=8)
def _lines(file: str) -> list[str]:
    path = Path(file)
    data = Folder(path.parent, "", "").read(path.name, MAX_YAML_SIZE)
    return [] if isinstance(data, Problem) else lines_of(data)


def lines_of(data: bytes) -> list[str]:
    """Return the lines of a file's bytes, as far as they are text."""
    text = data.decode("utf-8", "replace").removeprefix("\N{BYTE ORDER MARK}")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
