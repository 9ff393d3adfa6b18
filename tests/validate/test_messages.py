"""What a problem says, where a careless word would send its reader the wrong way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.check import check
from catalogctl.validate.schemas import MAX_EXPLAINED
from support.catalogs import PLUGIN, write_catalog

if TYPE_CHECKING:
    from pathlib import Path

    from catalogctl.problem import Problem

HEAD = "name: X\nservice_type: monitoring.Webhook\n"
IMAGE = f"{HEAD}image: acme/plugin-x\n"


def only_problem(folder: Path, text: str, name: str = "plugin-x") -> Problem:
    """Return the one problem that a plugin file has."""
    catalog = write_catalog(folder, {f"plugins/{name}.yaml": text})
    [problem] = check(catalog, working=catalog).problems
    return problem


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        (f"{HEAD}name: Y\n", "/name"),
        (f"{IMAGE}tags:\n  a/b: {{c: 1, c: 2}}\n", "/tags/a~1b/c"),
        (f"{IMAGE}tags:\n  1: a\n", "/tags"),
        (f"{IMAGE}1: a\n", ""),
    ],
)
def test_a_wrong_key_has_the_pointer_of_its_place(tmp_path: Path, text: str, pointer: str) -> None:
    assert only_problem(tmp_path, text).pointer == pointer


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{IMAGE}labels: [a, ' ']\n", "labels[1] is blank"),
        (f"{IMAGE}labels: [a, b, 3]\n", "labels[2] is a number; text is expected"),
        (f"{IMAGE}tags: {{a: [1, 2}}\n", 'a "," or "]" is missing in this list'),
        (f"{IMAGE}tags: [\n", "a value is expected here"),
    ],
)
def test_a_message_names_what_it_is_about(tmp_path: Path, text: str, message: str) -> None:
    assert only_problem(tmp_path, text).message == message


def test_a_number_is_quoted_as_it_was_written(tmp_path: Path) -> None:
    """YAML reads 1.10 as 1.1: a hint that repeats what was read would lose a digit."""
    problem = only_problem(tmp_path, f"{IMAGE}provider: 1.10\n")
    assert problem.hint == "put it in quotes"


@pytest.mark.parametrize(
    ("name", "image", "hint"),
    [
        ("plugin-x", "plugin-y", "rename the file to plugin-y.yaml, or add plugin_id: plugin-x"),
        ("Plugin-X", "plugin-x", "rename the file to plugin-x.yaml"),
    ],
)
def test_a_hint_offers_no_name_that_would_be_refused(
    tmp_path: Path, name: str, image: str, hint: str
) -> None:
    assert only_problem(tmp_path, f"{HEAD}image: acme/{image}\n", name).hint == hint


def test_a_host_is_shown_as_it_was_written(tmp_path: Path) -> None:
    settings = (
        "repository: {repository_id: r, name: M, repository_type: local}\n"
        "defaults: {domain_id: d}\nregistries: {GHCR.io: {}}\n"
    )
    catalog = write_catalog(tmp_path, {"plugins/plugin-hyperbilling.yaml": PLUGIN}, settings)
    [problem] = check(catalog, working=catalog).problems
    assert problem.message == '"GHCR.io" is no bare host'


def test_of_thousands_of_unknown_fields_the_first_are_told(tmp_path: Path) -> None:
    """More than that is noise, and would cost seconds."""
    fields = "".join(f"field_{number}: x\n" for number in range(2000))
    catalog = write_catalog(tmp_path, {"plugins/plugin-x.yaml": f"{IMAGE}{fields}"})
    problems = check(catalog, working=catalog).problems
    assert len(problems) == MAX_EXPLAINED
    assert problems[0].line == len(IMAGE.splitlines()) + 1
