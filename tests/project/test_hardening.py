"""Every promise has a test that names it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

from support.hardening import ID, PROMISES, summary

TESTS = Path(__file__).parents[1]


def named() -> set[str]:
    """Return the ids that the docstrings of tests and of their classes name."""
    found: set[str] = set()
    for file in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower().startswith(
                "test"
            ):
                found.update(ID.findall(ast.get_docstring(node) or ""))
    return found


def test_each_promise_is_named_by_a_test() -> None:
    assert sorted(PROMISES.keys() - named()) == []


def test_no_test_names_a_promise_that_is_not_made() -> None:
    assert sorted(named() - PROMISES.keys()) == []


def test_a_run_tells_what_it_proved_by_how_many_tests_and_what_it_did_not() -> None:
    first, second, proved, missing = summary(["R-04", "Q-01", "R-99", "R-04"])
    assert first == f"Q-01     1 test   {PROMISES['Q-01']}"
    assert second == f"R-04     2 tests  {PROMISES['R-04']}"
    assert proved == f"proved by tests that passed: 2 of {len(PROMISES)}"
    assert missing.startswith("not proved in this run: Q-02 Q-03 ")


def test_a_run_that_proved_everything_has_a_line_for_each_promise() -> None:
    *lines, last = summary(PROMISES)
    assert [line.split()[0] for line in lines] == sorted(PROMISES)
    assert last == f"proved by tests that passed: {len(PROMISES)} of {len(PROMISES)}"


RUN = """
import pytest

def test_one():
    "R-04, Q-01."

@pytest.mark.parametrize("number", range(3))
def test_three(number):
    "R-04."

def test_failed():
    "R-05."
    assert False

@pytest.mark.skip
def test_skipped():
    "R-06."
"""


def test_the_summary_of_a_run_comes_from_its_passed_tests(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_bytes((TESTS / "conftest.py").read_bytes())
    (tmp_path / "test_run.py").write_text(RUN)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", "."],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(TESTS), "PYTEST_ADDOPTS": ""},
        check=False,
        capture_output=True,
        text=True,
    )
    shown = [line.split()[:2] for line in done.stdout.splitlines() if ID.match(line)]
    assert shown == [["Q-01", "1"], ["R-04", "4"]]
