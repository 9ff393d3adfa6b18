"""`--format github`: workflow annotations that no plugin file can forge."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.problem import Problem, Severity
from catalogctl.report.cleaning import clean
from support.reporting import rendered
from support.texts import PROBLEMS, commands, controls, lines_of

ANNOTATION = re.compile(
    r"::(?P<command>error|warning|notice) "
    r"file=(?P<file>[^,:\r\n]*),line=(?P<line>\d+),col=(?P<col>\d+),title=(?P<title>[^,:\r\n]*)"
    r"::(?P<message>[^\r\n]*)"
)
UNESCAPED = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


def unescape(text: str) -> str:
    """Return a property or a message as GitHub's runner reads it."""
    return re.sub("%(?:0D|0A|3A|2C|25)", lambda match: UNESCAPED[match[0]], text)


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        pytest.param(
            Problem("a.yaml", 4, 8, "blank", "/name", "name is blank", "write one"),
            "::error file=a.yaml,line=4,col=8,title=blank::name is blank%0Awrite one",
            id="the hint is the second line",
        ),
        pytest.param(
            Problem("a.yaml", 1, 1, "lock-stale", "", "old", severity=Severity.WARNING),
            "::warning file=a.yaml,line=1,col=1,title=lock-stale::old",
            id="a warning",
        ),
        pytest.param(
            Problem("a,b:c%.yaml", 1, 2, "blank", "", "50%: a, b"),
            "::error file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=blank::50%25: a, b",
            id="what ends a property",
        ),
        pytest.param(
            Problem("a\r\nb.yaml", 1, 2, "blank", "", "one\r\n::error::two"),
            r"::error file=a\r%0Ab.yaml,line=1,col=2,title=blank::one\r\n::error::two",
            id="what ends a command",
        ),
        pytest.param(
            Problem("a.yaml", 1, 2, "blank", "", "::add-mask::x", "##[group]y"),
            r"::error file=a.yaml,line=1,col=2,title=blank::\x3a:add-mask::x%0A##\x5bgroup]y",
            id="what begins another",
        ),
    ],
)
def test_an_annotation_is_one_line(problem: Problem, line: str) -> None:
    """R-04."""
    assert rendered([problem], "github") == line + "\n"


def test_no_problems_are_no_output() -> None:
    assert rendered([], "github") == ""


@given(PROBLEMS, st.booleans())
def test_there_is_one_annotation_per_problem_and_no_other_command(
    problems: list[Problem],
    unicode: bool,  # noqa: FBT001  (hypothesis hands it over)
) -> None:
    """R-04: whatever stands in values, file names and messages; R-06."""
    text = rendered(problems, "github", unicode=unicode)
    lines = lines_of(text)
    assert len(lines) == len(problems) == len(commands(text))
    assert controls(text) == set()
    for line, problem in zip(lines, sorted(problems), strict=True):
        read = ANNOTATION.fullmatch(line)
        assert read is not None, line
        assert read["command"] == "error"
        assert (int(read["line"]), int(read["col"])) == (problem.line, problem.column)
        assert commands(unescape(read["message"])) == []
        if unicode:
            assert unescape(read["title"]) == problem.code
            assert unescape(read["file"]) == clean(problem.file, keep_newline=True)
        else:
            assert line.isascii()
