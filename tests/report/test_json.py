"""`--format json`: one document in the shape that programs rely on."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from catalogctl.problem import Problem, Severity
from support.reporting import rendered
from support.texts import PROBLEMS, commands, controls

PROBLEM = Problem(
    file="catalog/plugins/x.yaml",
    line=4,
    column=8,
    code="image-name-too-long",
    pointer="/image",
    message="image name has 44 characters",
    hint="shorten it",
)
WARNING = Problem("b.yaml", 1, 1, "lock-stale", "", "old", severity=Severity.WARNING)


def test_the_document_has_the_members_of_the_contract_in_their_order() -> None:
    document = json.loads(rendered([WARNING, PROBLEM], "json"))
    assert list(document) == ["files", "errors", "warnings", "problems"]
    assert (document["files"], document["errors"], document["warnings"]) == (35, 1, 1)
    assert [list(problem) for problem in document["problems"]] == [
        ["code", "severity", "file", "line", "column", "pointer", "message", "hint"]
    ] * 2
    assert document["problems"][1] == {
        "code": "image-name-too-long",
        "severity": "error",
        "file": "catalog/plugins/x.yaml",
        "line": 4,
        "column": 8,
        "pointer": "/image",
        "message": "image name has 44 characters",
        "hint": "shorten it",
    }


def test_a_catalog_without_problems_is_a_document_too() -> None:
    text = rendered([], "json")
    assert json.loads(text) == {"files": 35, "errors": 0, "warnings": 0, "problems": []}
    assert text.endswith("}\n")


@given(PROBLEMS, st.booleans())
def test_every_text_comes_back_whole(
    problems: list[Problem],
    unicode: bool,  # noqa: FBT001  (hypothesis hands it over)
) -> None:
    """R-06: what is unsafe is escaped, and reads back as it was written."""
    text = rendered(problems, "json", unicode=unicode)
    document = json.loads(text)
    assert document["problems"] == [problem.to_json() for problem in sorted(problems)]
    assert controls(text) == set()
    assert commands(text) == []
    if not unicode:
        assert text.isascii()
