"""The scripts of resolve.yml, run as the runner does, with a `gh` that writes down its calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.git import Repository
from support.registries import need
from support.workflows import shell

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.load(
    (ROOT / ".github/workflows/resolve.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)
GH = f"""#!{sys.executable}
import json, os, sys
data = sys.stdin.read() if "--input" in sys.argv else ""
with open(os.environ["GH_LOG"], "a", encoding="utf-8") as log:
    log.write(json.dumps([sys.argv[1:], data]) + "\\n")
asked = " ".join(sys.argv[1:])
answers = json.loads(os.environ["GH_ANSWERS"])
answer = next((answers[key] for key in answers if key in asked), "")
if answer == "fail":
    sys.exit(1)
print(answer)
"""


def script(job: str, name: str) -> str:
    """Return the run block of a step."""
    steps = WORKFLOW["jobs"][job]["steps"]
    text: str = next(step["run"] for step in steps if step["name"].startswith(name))
    return text


class Runner:
    """A runner's folders and environment; `answers` maps parts of a `gh` call to what it prints."""

    def __init__(self, folder: Path) -> None:
        need("jq", "jq")
        self.temp = folder / "temp"
        self.workspace = folder / "workspace"
        self.log = folder / "gh.log"
        self.output = folder / "output"
        self.answers: dict[str, str] = {}
        programs = folder / "programs"
        for each in (self.temp / "resolved", programs, self.workspace):
            each.mkdir(parents=True)
        (programs / "gh").write_text(GH, encoding="utf-8")
        (programs / "gh").chmod(0o755)
        self._path = f"{programs}:{os.environ['PATH']}"

    def run(self, text: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        environ = {
            "PATH": self._path,
            "HOME": str(self.temp),
            "RUNNER_TEMP": str(self.temp),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_SHA": "c0ffee",
            "GITHUB_RUN_ID": "7",
            "GH_REPO": "acme/catalog",
            "GH_LOG": str(self.log),
            "GH_ANSWERS": json.dumps(self.answers),
            "BRANCH": WORKFLOW["jobs"]["propose"]["env"]["BRANCH"],
        }
        return subprocess.run(
            [*shell(WORKFLOW, {}), "-c", text],
            cwd=folder or self.workspace,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def calls(self) -> list[tuple[list[str], Any]]:
        """Return each call of `gh`: its arguments, and its JSON input or None."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [
            (arguments, json.loads(data) if data else None)
            for arguments, data in map(json.loads, lines)
        ]


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


def pack(runner: Runner, files: dict[str, str | None], moved: int = 0) -> list[dict[str, Any]]:
    """Commit three locks, change some (None deletes), run the step, return the entries."""
    locks = {f"catalog/versions/plugin-{letter}.json": f"{letter}\n" for letter in "abc"}
    repository = Repository.new(runner.workspace)
    repository.commit("Three locks", locks)
    for name, text in files.items():
        path = runner.workspace / name
        if text is None:
            path.unlink()
        else:
            path.write_text(text, encoding="utf-8")
    report = {"plugins": [{"moved": [{"tag": "1.0"}] * moved}]}
    (runner.temp / "report.json").write_text(json.dumps(report), encoding="utf-8")
    done = runner.run(script("resolve", "Pack"))
    assert done.returncode == 0, done.stderr
    entries: list[dict[str, Any]] = json.loads((runner.temp / "resolved/tree.json").read_text())[
        "tree"
    ]
    return entries


def test_what_changed_is_packed_and_nothing_else(runner: Runner) -> None:
    changes: dict[str, str | None] = {
        "catalog/versions/plugin-a.json": "new \u00fc\n",
        "catalog/versions/plugin-b.json": None,
        "catalog/versions/plugin-d.json": "d\n",
        "elsewhere.txt": "not a lock",
    }
    entries = pack(runner, changes, moved=1)
    assert {entry["path"]: entry.get("content") for entry in entries} == {
        "catalog/versions/plugin-a.json": "new \u00fc\n",
        "catalog/versions/plugin-b.json": None,
        "catalog/versions/plugin-d.json": "d\n",
    }
    assert runner.output.read_text() == "changed=true\n"
    assert (runner.temp / "resolved/moved").read_text() == "true\n"


def test_without_news_nothing_is_proposed(runner: Runner) -> None:
    assert pack(runner, {}) == []
    assert not runner.output.exists()
    job = WORKFLOW["jobs"]["propose"]
    assert job["if"] == "needs.resolve.outputs.changed == 'true'"


def test_a_main_that_this_token_could_push_to_is_refused(runner: Runner) -> None:
    """R-54."""
    text = script("propose", "Make sure")
    runner.answers = {"rules/branches/main": "deletion"}
    done = runner.run(text)
    assert (done.returncode, "no ruleset" in done.stdout) == (1, True)
    runner.answers = {"rules/branches/main": "deletion\npull_request"}
    assert runner.run(text).returncode == 0


def resolved(runner: Runner, path: str, *, moved: bool = False) -> Path:
    """Lay out what the first job handed over."""
    folder = runner.temp / "propose"
    (folder / "resolved").mkdir(parents=True)
    entry = {"path": path, "mode": "100644", "type": "blob", "content": "{}"}
    (folder / "resolved/tree.json").write_text(json.dumps({"tree": [entry]}), encoding="utf-8")
    (folder / "resolved/moved").write_text(f"{json.dumps(moved)}\n", encoding="utf-8")
    (folder / "resolved/report.md").write_text("report", encoding="utf-8")
    return folder


def test_the_branch_gets_one_commit_on_top_of_what_was_resolved(runner: Runner) -> None:
    folder = resolved(runner, "catalog/versions/plugin-a.json")
    runner.answers = {
        "git/commits/c0ffee": "base-tree",
        "git/trees": "new-tree",
        "git/commits": "new-commit",
    }
    done = runner.run(script("propose", "Push"), folder)
    assert done.returncode == 0, done.stderr
    calls = runner.calls()
    (tree,) = [data for _, data in calls if data is not None]
    assert (tree["base_tree"], len(tree["tree"])) == ("base-tree", 1)
    last = calls[-1][0]
    assert "repos/acme/catalog/git/refs/heads/resolve/locks" in last
    assert "sha=new-commit" in last
    commit = next(arguments for arguments, _ in calls if "message=Update the locks" in arguments)
    assert {"tree=new-tree", "parents[]=c0ffee"} <= set(commit)


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/publish.yml",
        "catalog/versions/../../x.json",
        "catalog/plugins/plugin-a.yaml",
        "catalog/versions/plugin-a.json\nx",
    ],
)
def test_only_locks_are_pushed(runner: Runner, path: str) -> None:
    done = runner.run(script("propose", "Push"), resolved(runner, path))
    assert done.returncode != 0
    assert [arguments[:2] for arguments, _ in runner.calls()] == [["run", "download"]]


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("number", ["", "12"])
def test_there_is_one_pull_request_with_the_report_and_a_label_for_moved_tags(
    runner: Runner, number: str, *, moved: bool
) -> None:
    """R-54: its branch and title are constants."""
    folder = resolved(runner, "catalog/versions/plugin-a.json", moved=moved)
    runner.answers = {"pr list": number}
    done = runner.run(script("propose", "Open"), folder)
    assert done.returncode == 0, done.stderr
    calls = [arguments for arguments, _ in runner.calls()]
    verbs = [" ".join(arguments[:2]) for arguments in calls]
    opened = ["pr list", "pr create", "pr list"] if not number else ["pr list", "pr edit"]
    assert verbs == opened + (["label create", "pr edit"] if moved else [])
    if not number:
        create = calls[1]
        assert create[create.index("--head") + 1] == "resolve/locks"
        assert create[create.index("--title") + 1] == "Update the locks"
    assert any("resolved/report.md" in arguments for arguments in calls)
