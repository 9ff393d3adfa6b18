"""The line that ends a run: what is valid, or how much is wrong."""

from __future__ import annotations

import pytest

from catalogctl.problem import Problem, Severity, has_errors
from catalogctl.report.counts import summary_line
from catalogctl.report.view import Summary

ERROR = Problem("a.yaml", 1, 1, "blank", "", "m")
OTHER = Problem("b.yaml", 1, 1, "blank", "", "m")
WARNING = Problem("b.yaml", 2, 1, "lock-stale", "", "m", severity=Severity.WARNING)


@pytest.mark.parametrize(
    ("problems", "plugins", "files", "line"),
    [
        ([], 35, 40, "✓ 35 plugins valid in 0.21 s"),
        ([], 1, 2, "✓ 1 plugin valid in 0.21 s"),
        ([], 0, 1, "✓ 0 plugins valid in 0.21 s"),
        ([WARNING], 2, 3, "✓ 2 plugins valid in 0.21 s; 1 warning in 1 of 3 files"),
        ([ERROR, OTHER, WARNING], 34, 35, "✗ 2 errors, 1 warning in 2 of 35 files"),
        ([ERROR], 0, 0, "✗ 1 error in 1 of 1 file"),
    ],
)
def test_the_last_line_says_how_it_went(
    problems: list[Problem], plugins: int, files: int, line: str
) -> None:
    assert summary_line(problems, Summary(files, 0.21, plugins), unicode=True) == line


def test_signs_are_words_where_the_terminal_has_no_signs() -> None:
    assert summary_line([], Summary(1, None, 3), unicode=False) == "ok: 3 plugins valid"
    assert summary_line([ERROR], Summary(1, 0.1, 3), unicode=False).startswith("failed: 1 error")


def test_a_warning_is_no_error() -> None:
    assert not has_errors([WARNING])
    assert has_errors([WARNING, ERROR])
