"""What a person reads on a terminal: golden files, and what must hold of all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.codes import all_codes
from catalogctl.problem import Problem, Severity
from support import golden
from support.reporting import rendered
from support.texts import HOSTILE, PROBLEMS, SGR, commands, controls

GOLDEN = Path(__file__).parent / "golden" / "text"
FILE = "catalog/plugins/plugin-x.yaml"
LONG_NAME = "pyengine/plugin-aws-very-long-name-of-a-collector-datasource"


def at(line: int, column: int, message: str, **more: Any) -> Problem:
    """Return a problem of the one file."""
    given_ = {"file": FILE, "code": "wrong-type", "pointer": "/image", **more}
    return Problem(line=line, column=column, message=message, **given_)


TOO_LONG = at(
    4,
    8,
    "image name has 51 characters, 40 are allowed",
    code="image-name-too-long",
    hint='only the part after the last "/" counts: shorten that part',
)
PLUGIN = f"name: X\nservice_type: a.B\nlabels: billing\nimage: {LONG_NAME}\n"
SAME = [
    at(2, 1, "name is given twice", file=f"catalog/plugins/plugin-{n}.yaml", code="duplicate-key")
    for n in range(1, 8)
]
MANY = [at(n, 1, f"problem number {n}") for n in range(1, 61)]
WARNING = at(2, 15, "service_type is not word.Word", severity=Severity.WARNING)

CASES: dict[str, dict[str, Any]] = {
    "one problem with its line, a caret below and help": {
        "problems": [TOO_LONG],
        "files": {FILE: PLUGIN},
    },
    "two problems in the order of the file": {
        "problems": [TOO_LONG, WARNING],
        "files": {FILE: PLUGIN},
    },
    "a file that can't be shown": {"problems": [TOO_LONG]},
    "a long line cut around the place": {
        "problems": [at(1, 62, "labels is a text, a list is needed", hint="write [billing]")],
        "files": {FILE: f"{{name: {'n' * 44}, labels: billing, tags: {'t' * 60}}}"},
        "width": 60,
    },
    "wide, combining and tabbed text keeps the caret in place": {
        "problems": [at(1, 8, "a"), at(2, 8, "b"), at(3, 7, "c")],
        "files": {FILE: "한국어: \tx\ncafe\u0301: [y]\n\u00ad\t\u200b: zzz"},
    },
    "a hostile line and a hostile name are shown as what they are": {
        "problems": [
            at(1, 1, "the name \x1b[31mred\x1b[0m is taken", file="plugins/a\n::b\u202e.yaml")
        ],
        "files": {"plugins/a\n::b\u202e.yaml": "::error file=x::\x1b]0;title\x07\u202etxt"},
    },
    "the same problem in many files is told once": {"problems": SAME},
    "the same problem in many files, all places": {"problems": SAME, "show_all": True},
    "plain ASCII": {
        "problems": [at(1, 7, "naïve", hint="schreib «naiv»")],
        "files": {FILE: "näme: naïve and " + "n" * 200},
        "unicode": False,
        "width": 60,
    },
    "colour": {"problems": [TOO_LONG, WARNING], "files": {FILE: PLUGIN}, "color": True},
}


def test_golden_reports_read_as_a_compiler_s() -> None:
    made = {
        f"{name.replace(' ', '-').replace(',', '')}.txt": rendered(**case).replace("\x1b", "<ESC>")
        for name, case in CASES.items()
    }
    golden.check(GOLDEN, made)


def test_no_problems_are_no_output() -> None:
    assert rendered([]) == ""


def test_after_fifty_problems_the_rest_is_counted() -> None:
    text = rendered(MANY)
    assert text.count("error[") == 50
    assert "\n\n… and 10 more (--all)\n\n" in text


def test_all_problems_are_told_when_asked_for() -> None:
    text = rendered(MANY, show_all=True)
    assert all(f"problem number {n}\n" in text for n in range(1, 61))
    assert "--all" not in text


@pytest.mark.parametrize("code", all_codes())
def test_a_report_names_a_code_that_explain_knows(code: str) -> None:
    text = rendered([at(1, 1, "m", code=code, severity=all_codes()[code].severity)])
    assert text.startswith(f"{all_codes()[code].severity.value}[{code}]: m\n")
    assert text.endswith(f"`catalogctl explain {code}` tells the rule\n")


@given(PROBLEMS, HOSTILE, st.booleans(), st.booleans(), st.integers(20, 90) | st.none())
def test_nothing_that_a_terminal_or_a_runner_obeys_is_in_it(
    problems: list[Problem],
    source: str,
    color: bool,  # noqa: FBT001  (hypothesis hands it over)
    unicode: bool,  # noqa: FBT001
    width: int | None,
) -> None:
    """R-04, R-06: not in values, names, lines of source or the colours' stead."""
    files = {problem.file: source for problem in problems}
    text = rendered(problems, files=files, color=color, unicode=unicode, width=width)
    plain = SGR.sub("", text) if color else text
    assert controls(plain) == set()
    assert commands(plain) == []
    assert plain.count("--> ") >= (1 if problems else 0)
    if not unicode:
        assert text.isascii()


@given(HOSTILE.filter(lambda text: "\n" not in text), st.integers(1, 12), st.integers(20, 60))
def test_a_caret_stands_below_its_character(line: str, column: int, width: int) -> None:
    text = rendered([at(1, column, "m")], files={FILE: line}, width=width)
    shown, marks = text.split("\n")[3:5]
    assert marks.lstrip(" |").startswith("^")
    assert len(marks) <= width + 30
    assert shown.startswith(" 1 |")
