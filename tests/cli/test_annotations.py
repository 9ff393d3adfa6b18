"""Where a host looks for a file that a problem is in: from the top of the checkout."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from support.catalogs import SETTINGS
from support.commands import environment, run
from support.git import Repository

if TYPE_CHECKING:
    from pathlib import Path

FILE = "catalog/plugins/plugin-x.yaml"
WRONG = {FILE: "name: X\nservice_typ: a.B\nimage: acme/plugin-x\n"}


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    made = Repository.new(tmp_path / "work/repository")
    made.commit("start", {"catalog/catalog.yaml": SETTINGS, "sub/x": "x"})
    made.branch("side")
    made.commit("wrong", WRONG)
    return made


def files_in(text: str) -> set[str]:
    """Return the files that annotations or a SARIF log name."""
    if text.startswith("::"):
        return set(re.findall(r"^::\w+ file=([^,]*),", text, re.MULTILINE))
    log: Any = json.loads(text)
    places = [place for each in log["runs"][0]["results"] for place in each["locations"]]
    return {each["physicalLocation"]["artifactLocation"]["uri"] for each in places}


@pytest.mark.parametrize("working", ["repository", "repository/sub", ""])
@pytest.mark.parametrize(
    ("workspace", "expected"),
    [
        (None, FILE),
        ("repository", FILE),
        ("elsewhere", FILE),
        ("", FILE),
    ],
)
@pytest.mark.parametrize("command", ["validate github", "validate sarif", "diff github"])
def test_a_file_is_named_from_the_top_of_the_checkout(
    made: Repository, command: str, working: str, workspace: str | None, expected: str
) -> None:
    """R-04: GITHUB_WORKSPACE, else the repository, wherever the command is run."""
    top = made.folder.parent
    (top / "elsewhere").mkdir()
    name, format_ = command.split()
    options = ["--base", "main"] if name == "diff" else ["--quiet"]
    given = str(top / workspace) if workspace else workspace
    done = run(
        name,
        *("--catalog", str(made.folder / "catalog"), "--format", format_),
        *options,
        cwd=top / working,
        env=environment(GITHUB_WORKSPACE=given),
    )
    assert done.code == 1, done.err
    assert files_in(done.out) == {expected}


@pytest.mark.parametrize("format_", ["text", "json"])
def test_people_and_programs_are_told_from_where_they_are(made: Repository, format_: str) -> None:
    done = run(
        *("validate", "--format", format_),
        cwd=made.folder / "catalog",
        env=environment(GITHUB_WORKSPACE=str(made.folder)),
    )
    assert "plugins/plugin-x.yaml" in done.out
    assert FILE not in done.out


def test_outside_git_and_of_a_workspace_a_file_keeps_its_name(made: Repository) -> None:
    folder = made.folder.parent / "plain"
    (folder / "catalog/plugins").mkdir(parents=True)
    (folder / "catalog/catalog.yaml").write_text(SETTINGS)
    (folder / FILE).write_text(WRONG[FILE])
    done = run(
        *("validate", "--format", "github", "--quiet"),
        cwd=folder,
        env=environment(GITHUB_WORKSPACE=None),
    )
    assert files_in(done.out) == {FILE}


def test_a_link_in_the_catalog_is_named_where_it_stands(made: Repository) -> None:
    made.write({FILE: None})
    (made.folder / FILE).symlink_to("/etc/hostname")
    done = run("validate", "--format", "github", "--quiet", cwd=made.folder / "catalog")
    assert files_in(done.out) == {FILE}


def test_an_excerpt_is_of_the_commit_that_is_judged(made: Repository) -> None:
    """R-19: nothing of the work tree is taken for what the commit says."""
    made.switch("main")
    made.write({FILE: "other: text\nof: the work tree\n"})
    done = run("diff", "--base", "main", "--head", "side", cwd=made.folder)
    assert "2 | service_typ: a.B" in done.out
    assert "work tree" not in done.out
