"""Every promise has a test that names it."""

from __future__ import annotations

import ast
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


def test_a_run_tells_what_it_proved_and_what_it_did_not() -> None:
    proved, missing = summary(["R-04", "Q-01", "R-99"])
    assert proved == f"proved by tests that passed (2 of {len(PROMISES)}): Q-01 R-04"
    assert missing.startswith("not proved in this run: Q-02 Q-03 ")
    assert summary(PROMISES) == [
        proved.partition("(")[0]
        + f"({len(PROMISES)} of {len(PROMISES)}): "
        + " ".join(sorted(PROMISES))
    ]
