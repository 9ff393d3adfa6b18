"""Format problems in the requested format.

No file is read here: the caller provides the source lines, and where the report is shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catalogctl.report import github_annotations, problem_text, sarif
from catalogctl.report.counts import count
from catalogctl.report.safe_output import json_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.problem import Problem
    from catalogctl.report.view import Summary, View


def render(problems: Sequence[Problem], summary: Summary, format_: str, view: View) -> str:
    """Return the problems in one of the FORMATS, sorted by file and place, ending with a line feed.

    Every format only receives the part of a secret that may be shown (hardening R-14).
    """
    redacted = [(problem.file, problem.without_secrets()) for problem in sorted(problems)]
    files = {problem.file: file for file, problem in redacted}
    view_by_redacted_name = replace(
        view, source_line=lambda file, number: view.source_line(files.get(file, file), number)
    )
    return FORMATS[format_]([problem for _, problem in redacted], summary, view_by_redacted_name)


def _json(problems: Sequence[Problem], summary: Summary, view: View) -> str:
    """Return {files, errors, warnings, problems} (product contract, 4), with any suggestions."""
    counts = count(problems)
    suggestions: JSONObject = {"suggestions": counts.suggestions} if counts.suggestions else {}
    return json_text(
        {
            "files": summary.files,
            "errors": counts.errors,
            "warnings": counts.warnings,
            **suggestions,
            "problems": [{**problem.to_json()} for problem in problems],
        },
        unicode=view.unicode,
    )


FORMATS: dict[str, Callable[[Sequence[Problem], Summary, View], str]] = {
    "text": problem_text.render,
    "json": _json,
    "github": github_annotations.render,
    "sarif": sarif.render,
}
