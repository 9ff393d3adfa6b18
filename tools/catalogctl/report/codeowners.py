"""Generate CODEOWNERS from the owners of files (GitHub, "About code owners")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.errors import UsageError
from catalogctl.report.cleaning import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEAD = "# Written by catalogctl owners --format codeowners: the maintainers of each plugin file.\n"
BEGIN, END = "# <catalogctl owners>", "# </catalogctl owners>"
"""The lines that enclose the part that `owners --update` rewrites."""


def render(owners: Mapping[str, Sequence[str]]) -> str:
    """Return CODEOWNERS, one line per file that has owners; files are paths in the repository."""
    return HEAD + "".join(f"{line}\n" for line in _lines(owners))


def updated(text: str, owners: Mapping[str, Sequence[str]]) -> str:
    """Return a CODEOWNERS file with the marked part rewritten, and everything else unchanged.

    Without marks, the part is appended, so that its lines override those above. Raise UsageError if
    the marks do not enclose exactly one part.
    """
    ending = "\r\n" if "\r\n" in text else "\n"
    part = "".join(f"{line}{ending}" for line in (BEGIN, *_lines(owners), END))
    lines = text.splitlines(keepends=True)
    marks = [(at, line.strip()) for at, line in enumerate(lines) if line.strip() in {BEGIN, END}]
    if not marks:
        gap = "" if not text or text.endswith("\n") else ending
        return f"{text}{gap}{part}"
    if [mark for _, mark in marks] != [BEGIN, END]:
        raise UsageError(
            f'its marks do not enclose one part: leave one line "{BEGIN}" and, below it, one'
            f' line "{END}", or neither'
        )
    (begin, _), (end, _) = marks
    return "".join(lines[:begin]) + part + "".join(lines[end + 1 :])


def _lines(owners: Mapping[str, Sequence[str]]) -> list[str]:
    return [
        f"/{_escaped(path)} {' '.join(map(clean, names))}"
        for path, names in sorted(owners.items())
        if names
    ]


def _escaped(path: str) -> str:
    return clean(path).replace("\\", "\\\\").replace(" ", "\\ ").replace("#", "\\#")
