"""Count problems, and format the last line of a run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.problem import Problem
    from catalogctl.report.view import Summary


class Counts(NamedTuple):
    """The numbers of errors, warnings and suggestions, and of the files that have any."""

    errors: int
    warnings: int
    suggestions: int
    files: int


def count(problems: Sequence[Problem]) -> Counts:
    """Return the counts of problems."""
    by_severity = Counter(problem.severity for problem in problems)
    return Counts(
        by_severity[Severity.ERROR],
        by_severity[Severity.WARNING],
        by_severity[Severity.SUGGESTION],
        len({problem.file for problem in problems}),
    )


def summary_line(problems: Sequence[Problem], summary: Summary, *, unicode: bool) -> str:
    """Return the line for stderr: what is valid, or how many problems are in how many files."""
    counts = count(problems)
    parts = [
        many(number, noun)
        for number, noun in (
            (counts.errors, "error"),
            (counts.warnings, "warning"),
            (counts.suggestions, "suggestion"),
        )
        if number
    ]
    of = max(summary.files, counts.files)  # a link is reported, but never read
    wrong = f"{', '.join(parts)} in {counts.files} of {many(of, 'file')}"
    if counts.errors:
        return f"{_sign('✗', 'failed:', unicode=unicode)} {wrong}"
    took = "" if summary.seconds is None else f" in {summary.seconds:.2f} s"
    valid = f"{many(summary.plugins, 'plugin')} valid{took}"
    sign = _sign("✓", "ok:", unicode=unicode)
    return f"{sign} {valid}; {wrong}" if parts else f"{sign} {valid}"


def many(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _sign(sign: str, word: str, *, unicode: bool) -> str:
    return sign if unicode else word
