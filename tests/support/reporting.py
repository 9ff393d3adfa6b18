"""Problems shown as the command line shows them, for tests: one call with what matters there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.redaction import Line
from catalogctl.report.problem_reports import render
from catalogctl.report.view import Summary, View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.problem import Problem

SUMMARY = Summary(files=35, seconds=0.21, plugins=34)


def rendered(
    problems: Sequence[Problem],
    format_: str = "text",
    *,
    files: Mapping[str, str] | None = None,
    summary: Summary = SUMMARY,
    color: bool = False,
    unicode: bool = True,
    show_all: bool = False,
    width: int | None = None,
) -> str:
    """Return a report; `files` has the text of the files that problems are in."""

    def source_line(file: str, line: int) -> Line | None:
        lines = (files or {}).get(file, "").split("\n")
        return Line(lines[line - 1]) if file in (files or {}) and line <= len(lines) else None

    view = View(source_line, color=color, unicode=unicode, show_all=show_all, width=width)
    return render(problems, summary, format_, view)
