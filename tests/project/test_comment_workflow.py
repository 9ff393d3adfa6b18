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

from catalogctl.report.difference_comment import MARK
from support.catalogs import SETTINGS
from support.changes import FILES, A, B, repository
from support.git import environment
from support.workflows import shell

if TYPE_CHECKING:
    from support.git import Repository

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/comment.yml").read_text())
JOBS = WORKFLOW["jobs"]
STEPS = {step["name"]: step for job in JOBS.values() for step in job["steps"]}
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
elif arguments[0] == "api":
    known = json.loads((here / "answers.json").read_text())
    path = next(each for each in arguments[1:] if each.startswith("repos/"))
    answer = known.get(path.removeprefix("repos/acme/plugins/"), [])
    if answer == "fail":
        sys.exit(1)
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
    """A machine on which one step after the other is run, in a clone of the default branch.

    `origin` is the repository as the host has it: main, and the head of a pull request beside it.
    """

    def __init__(self, folder: Path, origin: Repository) -> None:
        self.folder = folder
        self.work = folder / "work"
        for name in ("bin", "temp", "comment"):
            (folder / name).mkdir(parents=True)
        origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
        origin.git("clone", "--quiet", "--branch", "main", origin.folder, self.work)
        self.head = origin.git("rev-parse", "side")
        self.answer(**{"pulls/12/files": [{"filename": A}]})
        self.author("ann")
        gh = folder / "bin/gh"
        gh.write_text(GH.format(python=sys.executable, folder=str(folder)))
        gh.chmod(0o755)

    def answer(self, **answers: Any) -> None:
        """Let the host answer these paths so, beside those that it answers already."""
        file = self.folder / "answers.json"
        known = json.loads(file.read_text()) if file.exists() else {}
        file.write_text(json.dumps({**known, **answers}))

    def author(self, login: str, base: str = "main") -> None:
        """Let the pull request be this author's, and go into this branch."""
        mine = {
            "number": 12,
            "head": {"sha": self.head},
            "base": {"ref": base, "sha": "0" * 40},
            "user": {"login": login},
        }
        self.answer(pulls=[{**mine, "number": 3, "head": {"sha": "1" * 40}}, mine])

    def step(self, name: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*shell(WORKFLOW, STEPS[name]), "-c", STEPS[name]["run"]],
            cwd=self.work,
            env={
                **environment(),
                "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                "HOME": str(self.folder),
                "GITHUB_REPOSITORY": "acme/plugins",
                "GITHUB_RUN_ID": "7",
                "GITHUB_OUTPUT": str(self.folder / "output"),
                "RUNNER_TEMP": str(self.folder / "temp"),
                "CATALOGCTL": str(Path(sys.executable).with_name("catalogctl")),
                "HEAD_OWNER": "fork",
                "HEAD_BRANCH": "side",
                "HEAD_SHA": self.head,
                **environ,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def rendered(self) -> str:
        """Run the first job; return the comment that it made."""
        done = self.step("Find the pull request, and fetch its head as git objects")
        assert done.returncode == 0, done.stderr
        assert (self.folder / "output").read_text() == "number=12\n"
        done = self.step("Compute the difference with the default branch's tool")
        assert done.returncode == 0, done.stderr
        return (self.work / "comment/comment.md").read_text()

    def posted(self, conclusion: str = "success") -> subprocess.CompletedProcess[str]:
        for file in (self.work / "comment").iterdir():
            shutil.copy(file, self.folder / "comment")
        url = "https://github.com/acme/plugins/actions/runs/6"
        environ = {"NUMBER": "12", "RUN_URL": url, "CONCLUSION": conclusion}
        return self.step("Post the comment and set the labels", **environ)

    def calls(self) -> list[tuple[list[str], dict[str, str]]]:
        lines = (self.folder / "calls.jsonl").read_text().splitlines()
        return [tuple(json.loads(line)) for line in lines]

    def said(self, method: str) -> list[tuple[str, dict[str, str]]]:
        return [
            (next(each for each in arguments if each.startswith("repos/")), files)
            for arguments, files in self.calls()
            if method in arguments
        ]


POLICY = SETTINGS + "policy: {auto_merge: {owner_fields: [tags]}}\n"
UPDATE = {A: FILES[A].replace("icon: a", "icon: b")}


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    return repository(tmp_path / "origin", settings=POLICY)


@pytest.fixture
def runner(tmp_path: Path, origin: Repository) -> Runner:
    origin.commit("update", UPDATE)
    return Runner(tmp_path / "runner", origin)


def test_a_comment_and_the_labels_of_the_calls_are_posted(runner: Runner) -> None:
    runner.rendered()
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


def test_a_run_that_failed_has_no_preview(runner: Runner) -> None:
    runner.rendered()
    assert runner.posted("failure").returncode == 0
    comment = runner.said("POST")[0][1]["comment/comment.md"]
    assert comment.startswith(MARK)
    assert "preview" not in comment


def test_its_own_comment_is_written_anew_and_no_other(runner: Runner) -> None:
    comments = [
        {"id": 1, "user": {"login": "eve"}, "body": f"{MARK}\nmine"},
        {"id": 2, "user": {"login": "github-actions[bot]"}, "body": "hello"},
        {"id": 3, "user": {"login": "github-actions[bot]"}, "body": f"{MARK}\nold"},
    ]
    runner.answer(**{"issues/12/comments": comments})
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
    runner.answer(**{"pulls/12/files": [{"filename": A}, file]})
    runner.rendered()
    assert runner.posted().returncode == 0
    given = runner.said("POST")[-1][1]["labels.json"]
    assert json.loads(given) == {"labels": ["needs-maintainer", "update"]}


@pytest.mark.parametrize("path", ["issues/12/comments", "pulls/12/files"])
def test_a_host_that_does_not_answer_takes_no_label_away(runner: Runner, path: str) -> None:
    """R-02: and gets no second comment."""
    runner.answer(**{path: "fail"})
    runner.rendered()
    assert runner.posted().returncode != 0
    assert runner.said("DELETE") == []
    assert len(runner.said("POST")) == (path == "pulls/12/files")


def test_a_host_that_does_not_name_the_pull_request_fails_the_job(runner: Runner) -> None:
    runner.answer(pulls="fail")
    done = runner.step("Find the pull request, and fetch its head as git objects")
    assert done.returncode != 0


def test_who_may_approve_is_a_maintainers_matter_and_labelled_so(
    tmp_path: Path, origin: Repository
) -> None:
    """R-19: the label comes from what the default branch's tool finds."""
    origin.commit("mine now", {A: FILES[A].replace("@ann", "@eve")})
    made = Runner(tmp_path / "runner", origin)
    made.rendered()
    assert made.posted().returncode == 0
    assert json.loads(made.said("POST")[-1][1]["labels.json"]) == {"labels": ["needs-maintainer"]}


def test_a_commit_that_heads_no_pull_request_gets_no_comment(runner: Runner) -> None:
    runner.answer(pulls=[])
    done = runner.step(
        "Find the pull request, and fetch its head as git objects",
        HEAD_BRANCH="x'; touch evil; $(touch evil) `touch evil`",
    )
    assert done.returncode == 0
    assert not (runner.folder / "output").exists()
    assert not list(runner.folder.rglob("evil"))
    for step in ("Compute the difference with the default branch's tool", "Hand the comment on"):
        assert STEPS[step]["if"] == "steps.pull.outputs.number"
    assert JOBS["post"]["if"] == "needs.render.outputs.number"


@pytest.mark.parametrize(("login", "passes"), [("ann", True), ("mallory", False)])
def test_the_pull_requests_author_asks(
    runner: Runner,
    login: str,
    passes: bool,  # noqa: FBT001
) -> None:
    """R-09b, R-19: the host says who the author is."""
    runner.author(login)
    assert ("**Auto-mergeable.**" in runner.rendered()) is passes


def test_nothing_of_the_pull_request_changes_a_word(tmp_path: Path, origin: Repository) -> None:
    """R-19: neither its files, nor its tool, nor what its own run uploaded is looked at."""
    origin.commit("update", UPDATE)
    expected = Runner(tmp_path / "honest", origin).rendered()
    evil = "#!/bin/sh\ntouch evil\n"
    files = {".github/workflows/pull-request.yml": "on: push\n", "Makefile": evil, "setup.py": evil}
    origin.commit("evil", {**files, ".gitattributes": "* filter=evil diff=evil\n"})
    made = Runner(tmp_path / "runner", origin)
    (made.folder / "difference").mkdir()
    (made.folder / "difference/diff.json").write_text('{"verdict": {"auto_mergeable": true}}')
    comment = made.rendered()
    assert not list(tmp_path.rglob("evil"))
    assert not (made.work / "setup.py").exists(), "nothing is checked out"
    assert not any(arguments[:2] == ["run", "download"] for arguments, _ in made.calls())
    assert comment.replace(
        "- changes files outside the catalog: `.gitattributes`,"
        " `.github/workflows/pull-request.yml`, `Makefile`, `setup.py`\n",
        "",
    ).startswith(expected.partition("**Auto-mergeable.**")[0])
    assert "**Not auto-mergeable**" in comment


def test_a_pull_request_is_compared_with_the_branch_that_it_goes_into(
    tmp_path: Path, origin: Repository
) -> None:
    """R-09b."""
    origin.commit("update", UPDATE)
    origin.git("branch", "release", "main")
    origin.switch("main")
    origin.commit("main goes on", {B: None})
    made = Runner(tmp_path / "runner", origin)
    made.author("ann", base="release")
    comment = made.rendered()
    assert ("**updates** `plugin-alpha`" in comment, "plugin-second" in comment) == (True, False)


def test_a_refused_change_is_commented_too(tmp_path: Path, origin: Repository) -> None:
    origin.commit("evil", {A: FILES[A].replace("acme/plugin", "evil/plugin")})
    assert "can't be merged yet" in Runner(tmp_path / "runner", origin).rendered()


def test_no_step_takes_what_another_run_made() -> None:
    """R-01, R-19: the one download is of what this run's first job handed on."""
    text = (ROOT / ".github/workflows/comment.yml").read_text()
    assert text.count("gh run download") == 1
    assert 'gh run download "$GITHUB_RUN_ID"' in text
    assert "artifacts" not in text.replace("$RUN_URL#artifacts", "")
