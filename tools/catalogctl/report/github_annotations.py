"""Format problems as workflow annotations: one line each, which no value can extend or end.

A command's properties end at `,` and `::`, its message at the end of the line; characters that
would end them are percent-encoded (GitHub, "Workflow commands": escapeProperty, escapeData).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.problem import Severity
from catalogctl.report.cleaning import ascii_only, clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.problem import Problem
    from catalogctl.report.view import Summary, View

_COMMANDS = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "notice",
}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(problems: Sequence[Problem], summary: Summary, view: View) -> str:
    """Return one annotation for each problem."""
    del summary
    text = "".join(f"{_annotation(problem)}\n" for problem in problems)
    return text if view.unicode else ascii_only(text)


def _annotation(problem: Problem) -> str:
    """Return a problem as a command for GitHub's runner; the hint is the message's second line."""
    command = _COMMANDS[problem.severity]
    properties = {
        "file": clean(problem.file, keep_newline=True),
        "line": str(problem.line),
        "col": str(problem.column),
        "title": clean(problem.code),
    }
    joined = ",".join(f"{name}={text.translate(_PROPERTY)}" for name, text in properties.items())
    message = "\n".join(clean(text) for text in (problem.message, problem.hint) if text)
    return f"::{command} {joined}::{message.translate(_DATA)}"
