"""The steps of the comment workflow, run as they stand, with a `gh` that answers from here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from catalogctl.report.comment import MARK
from support.catalogs import plugin
from support.changes import FILES, A, changed, repository

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
STEPS = {
    step["name"]: step
    for job in yaml.safe_load((ROOT / ".github/workflows/comment.yml").read_text())["jobs"].values()
    for step in job["steps"]
}
SHA = "4f1c2ab09d3e5f60718293a4b5c6d7e8f9012345"
GH = """\
#!{python}
import json, pathlib, shutil, sys
here = pathlib.Path({folder!r})
arguments = sys.argv[1:]
with (here / "calls.jsonl").open("a") as log:
    body = [each.partition("@")[2] for each in arguments if each.startswith("body=@")]
    data = [arguments[i + 1] for i, each in enumerate(arguments) if each == "--input"]
    files = {{name: pathlib.Path(name).read_text() for name in body + data}}
    log.write(json.dumps([arguments, files]) + "\\n")
if arguments[:2] == ["run", "download"]:
    name, to = (arguments[arguments.index(each) + 1] for each in ("--name", "--dir"))
    shutil.copytree(here / name, to, dirs_exist_ok=True)
else:
    known = json.loads((here / "answers.json").read_text())
    path = next(each for each in arguments[1:] if each.startswith("repos/"))
    answer = known.get(path.removeprefix("repos/acme/plugins/"), [])
    print(answer if isinstance(answer, str) else json.dumps(answer))
"""


@pytest.fixture(autouse=True)
def _jq() -> None:
    if shutil.which("jq") is None:
        reason = "the steps need jq: apt-get install jq"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


class Runner:
    """A machine on which one step after the other is run."""

    def __init__(self, folder: Path, answers: Mapping[str, Any]) -> None:
        self.folder = folder
        self.work = folder / "work"
        for name in ("work", "bin", "temp", "difference", "comment"):
            (folder / name).mkdir(parents=True)
        (folder / "answers.json").write_text(json.dumps(answers))
        gh = folder / "bin/gh"
        gh.write_text(GH.format(python=sys.executable, folder=str(folder)))
        gh.chmod(0o755)

    def step(self, name: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]],
            cwd=self.work,
            env={
                "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                "HOME": str(self.folder),
                "GITHUB_REPOSITORY": "acme/plugins",
                "GITHUB_RUN_ID": "7",
                "RUNNER_TEMP": str(self.folder / "temp"),
                "CATALOGCTL": str(Path(sys.executable).with_name("catalogctl")),
                "RUN_ID": "6",
                **environ,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def rendered(self) -> subprocess.CompletedProcess[str]:
        done = self.step("Download the difference, which is data")
        assert done.returncode == 0, done.stderr
        return self.step("Hold it against its schema and render it")

    def posted(self, branch: str = "side") -> subprocess.CompletedProcess[str]:
        for file in (self.work / "comment").iterdir():
            shutil.copy(file, self.folder / "comment")
        return self.step(
            "Post the comment and set the labels",
            HEAD_OWNER="fork",
            HEAD_BRANCH=branch,
            HEAD_SHA=SHA,
            RUN_URL="https://github.com/acme/plugins/actions/runs/6",
        )

    def calls(self) -> list[tuple[list[str], dict[str, str]]]:
        lines = (self.folder / "calls.jsonl").read_text().splitlines()
        return [tuple(json.loads(line)) for line in lines]

    def said(self, method: str) -> list[tuple[str, dict[str, str]]]:
        return [
            (next(each for each in arguments if each.startswith("repos/")), files)
            for arguments, files in self.calls()
            if method in arguments
        ]


ANSWERS = {
    "actions/runs/6/artifacts": "2048",
    "pulls": [{"number": 3, "head": {"sha": "0" * 40}}, {"number": 12, "head": {"sha": SHA}}],
    "pulls/12/files": [{"filename": "catalog/plugins/plugin-alpha.yaml"}],
}


def difference(folder: Path, files: Mapping[str, str | None]) -> str:
    return json.dumps(changed(repository(folder / "repository"), files).to_json())


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    made = Runner(tmp_path / "runner", ANSWERS)
    update = {A: FILES[A].replace("icon: a", "icon: b")}
    (made.folder / "difference/diff.json").write_text(difference(tmp_path, update))
    return made


def test_a_comment_and_the_labels_of_the_calls_are_posted(runner: Runner) -> None:
    assert runner.rendered().returncode == 0
    done = runner.posted()
    assert done.returncode == 0, done.stderr
    (comment, files), (labels, given) = runner.said("POST")
    assert comment == "repos/acme/plugins/issues/12/comments"
    assert files["comment/comment.md"].startswith(MARK)
    assert "`/tags/icon`" in files["comment/comment.md"]
    assert (
        "[preview](https://github.com/acme/plugins/actions/runs/6#artifacts)"
        in (files["comment/comment.md"])
    )
    assert labels == "repos/acme/plugins/issues/12/labels"
    assert json.loads(given["labels.json"]) == {"labels": ["update"]}
    gone = {path.rpartition("/")[2] for path, _ in runner.said("DELETE")}
    assert gone == {
        *("register", "enable", "disable", "deregister", "locks", "breaking", "needs-maintainer")
    }


def test_its_own_comment_is_written_anew_and_no_other(runner: Runner) -> None:
    comments = [
        {"id": 1, "user": {"login": "eve"}, "body": f"{MARK}\nmine"},
        {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "hello"},
        {"id": 3, "user": {"login": "github-actions[bot]"}, "body": f"{MARK}\nold"},
    ]
    answers = {**ANSWERS, "issues/12/comments": comments}
    (runner.folder / "answers.json").write_text(json.dumps(answers))
    runner.rendered()
    assert runner.posted().returncode == 0
    assert [path for path, _ in runner.said("PATCH")] == ["repos/acme/plugins/issues/comments/3"]


@pytest.mark.parametrize(
    "file",
    [
        {"filename": "README"},
        {"filename": ".github/workflows/x.yml"},
        {"filename": "catalog/catalog.yaml"},
        {"filename": "catalog/plugins/x.yaml", "previous_filename": "Makefile"},
        {"filename": "x\ncatalog/plugins/y.yaml"},
    ],
    ids=str,
)
def test_what_github_says_of_the_files_decides_who_is_needed(
    runner: Runner, file: dict[str, str]
) -> None:
    """R-02: the label does not depend on what the pull request says of itself."""
    answers = {**ANSWERS, "pulls/12/files": [*ANSWERS["pulls/12/files"], file]}
    (runner.folder / "answers.json").write_text(json.dumps(answers))
    runner.rendered()
    assert runner.posted().returncode == 0
    given = runner.said("POST")[-1][1]["labels.json"]
    assert json.loads(given) == {"labels": ["needs-maintainer", "update"]}


def test_a_commit_that_heads_no_pull_request_gets_no_comment(runner: Runner) -> None:
    (runner.folder / "answers.json").write_text(json.dumps({**ANSWERS, "pulls": []}))
    runner.rendered()
    done = runner.posted("x'; touch evil; $(touch evil) `touch evil`")
    assert done.returncode == 0
    assert runner.said("POST") == []
    assert not list(runner.folder.rglob("evil"))


@pytest.mark.parametrize(
    "data",
    [
        "not JSON",
        "[]",
        '{"changes": []}',
        "[" * 100_000,
        pytest.param('{"base": "' + "x" * 5_000_000 + '"}', id="large"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_difference_is_never_rendered(runner: Runner, data: str) -> None:
    """R-01: the artifact is data: size and shape are checked before it is used."""
    (runner.folder / "difference/diff.json").write_text(data)
    done = runner.rendered()
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_a_label_that_is_not_ours_is_no_difference(runner: Runner) -> None:
    value = json.loads((runner.folder / "difference/diff.json").read_text())
    value["labels"] = ["approved"]
    (runner.folder / "difference/diff.json").write_text(json.dumps(value))
    assert runner.rendered().returncode != 0


def test_a_download_that_is_too_large_is_not_begun(runner: Runner) -> None:
    answers = {**ANSWERS, "actions/runs/6/artifacts": "99999999"}
    (runner.folder / "answers.json").write_text(json.dumps(answers))
    done = runner.step("Download the difference, which is data")
    assert done.returncode == 1
    assert not any(arguments[0] == "run" for arguments, _ in runner.calls())


def test_a_refused_change_is_commented_too(tmp_path: Path) -> None:
    made = Runner(tmp_path / "runner", ANSWERS)
    text = difference(tmp_path, {A: plugin("plugin-alpha").replace("acme/", "evil/")})
    (made.folder / "difference/diff.json").write_text(text)
    assert made.rendered().returncode == 0
    assert "can't be merged yet" in (made.work / "comment/comment.md").read_text()
