"""Write problems in the format that was asked for.

Nothing is read here: the caller brings the lines of source and says where the report is shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catalogctl.report import github_annotations, problem_json, problem_text, sarif
from catalogctl.report.counts import summary_line
from catalogctl.report.view import Summary, View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalogctl.problem import Problem

__all__ = ["FORMATS", "Summary", "View", "render", "summary_line"]

FORMATS: dict[str, Callable[[Sequence[Problem], Summary, View], str]] = {
    "text": problem_text.render,
    "json": problem_json.render,
    "github": github_annotations.render,
    "sarif": sarif.render,
}


def render(problems: Sequence[Problem], summary: Summary, format_: str, view: View) -> str:
    """Return the problems in one of the FORMATS, sorted by file and place, with a line end.

    No format gets to see more of a secret than may be shown of it (hardening R-14).
    """
    shown = [(problem.file, problem.without_secrets()) for problem in sorted(problems)]
    files = {cut.file: file for file, cut in shown}
    safe = replace(
        view, source_line=lambda file, number: view.source_line(files.get(file, file), number)
    )
    return FORMATS[format_]([cut for _, cut in shown], summary, safe)
