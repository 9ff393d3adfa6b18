"""Run the steps of a workflow's job as a runner does; the actions of others are functions.

Of expressions, the runner knows names, texts, `==`, `&&`, `||` and parentheses, which is what our
files use. No run of it is ever cancelled.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from support.git import environment
from support.workflows import shell

Action: TypeAlias = Callable[[Mapping[str, str]], Mapping[str, str]]
Scope: TypeAlias = Mapping[str, str]
"""Values by their names in expressions, such as `github.event_name`."""
_HOLE = re.compile(r"\$\{\{ *(.*?) *\}\}")
SECONDS = 300
_INSTALL = """\
mkdir -p "$1/bin"
ln -sf '{program}' "$1/bin/catalogctl"
"""


def let_it_install_this_tool(catalog: Path) -> None:
    """Let the script of a new catalog that installs the tool take the one that is tested."""
    program = Path(sys.executable).with_name("catalogctl")
    script = catalog / ".github/catalogctl/install.sh"
    script.write_text(_INSTALL.format(program=program))


def gh_that_knows_main(programs: Path, repository: Path, main: str = "HEAD") -> str:
    """Write a `gh` that names the newest commit of `main`; return a PATH that begins with it.

    The workflows ask GitHub for nothing else, and a machine need not have the program.
    """
    programs.mkdir()
    gh = programs / "gh"
    gh.write_text(f"#!/bin/sh\nexec git -C '{repository}' rev-parse {main}\n")
    gh.chmod(0o755)
    return f"{programs}:{os.environ['PATH']}"


@dataclass(frozen=True)
class Step:
    """A step that ran: how it ended, and what it said."""

    name: str
    code: int
    out: str = ""
    err: str = ""


@dataclass
class Runner:
    """A machine with a checkout in `workspace`; `steps` and `summary` are what happened."""

    workspace: Path
    temp: Path
    scope: Scope
    actions: Mapping[str, Action]
    steps: list[Step] = field(default_factory=list)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The secrets of each environment, which only its jobs see."""
    workflow: Mapping[str, Any] = field(default_factory=dict)
    """The workflow that is run."""

    @property
    def summary(self) -> str:
        """What the steps wrote for the page of the run."""
        file = self.temp / "step-summary.md"
        return file.read_text() if file.exists() else ""

    def run(self, workflow: str, job: str) -> bool:
        """Run a job of a workflow of the checkout; return whether it passed."""
        found = self._loaded(workflow)["jobs"][job]
        return self._all(found["steps"], dict(self.scope), {}) is not None

    def run_all(self, workflow: str) -> dict[str, str]:
        """Run each job of a workflow whose condition holds; return what became of each."""
        results: dict[str, str] = {}
        scope = dict(self.scope)
        for name, job in self._loaded(workflow)["jobs"].items():
            needs = job.get("needs", [])
            needs = [needs] if isinstance(needs, str) else needs
            condition = job.get("if", "")
            is_due = "cancelled()" in condition or all(results[n] == "success" for n in needs)
            if not is_due or (condition and not evaluate(condition, scope)):
                results[name] = "skipped"
            else:
                secrets = self.secrets.get(job.get("environment", {}).get("name", ""), {})
                own = {f"secrets.{each}": value for each, value in secrets.items()}
                ended = self._all(job["steps"], {**scope, **own}, {})
                results[name] = "success" if ended is not None else "failure"
                for output, value in job.get("outputs", {}).items() if ended else ():
                    scope[f"needs.{name}.outputs.{output}"] = filled(value, ended or {})
            scope[f"needs.{name}.result"] = results[name]
        return results

    def _loaded(self, workflow: str) -> Mapping[str, Any]:
        text = (self.workspace / ".github/workflows" / workflow).read_text()
        self.workflow = yaml.load(text, Loader=yaml.BaseLoader)
        return self.workflow

    def _all(
        self, steps: list[dict[str, Any]], scope: dict[str, str], environ: Mapping[str, str]
    ) -> dict[str, str] | None:
        """Run steps until one fails; return what their expressions may name, or None."""
        for step in steps:
            if "if" in step and not evaluate(step["if"], scope):
                continue
            outputs = self._one(step, scope, environ)
            if outputs is None:
                return None
            scope |= {
                f"steps.{step.get('id')}.outputs.{name}": value for name, value in outputs.items()
            }
        return scope

    def _one(
        self, step: dict[str, Any], scope: Scope, environ: Mapping[str, str]
    ) -> Mapping[str, str] | None:
        """Run a step and return its outputs, or None if it failed."""
        options = {name: filled(text, scope) for name, text in step.get("with", {}).items()}
        uses = step.get("uses", "")
        if uses.startswith("./"):
            return self._composite(uses, options)
        if uses:
            return self.actions[uses.partition("@")[0]](options)
        return self._script(step, scope, environ)

    def _composite(self, uses: str, options: Mapping[str, str]) -> Mapping[str, str] | None:
        """Run an action of the checkout."""
        folder = (self.workspace / uses).resolve()
        action = yaml.load((folder / "action.yml").read_text(), Loader=yaml.BaseLoader)
        assert set(options) <= set(action["inputs"]), "an input that the action does not have"
        inputs = {
            f"inputs.{name}": options.get(name, filled(each["default"], self.scope))
            for name, each in action["inputs"].items()
        }
        environ = {"GITHUB_ACTION_PATH": str(folder)}
        scope = self._all(action["runs"]["steps"], {**self.scope, **inputs}, environ)
        if scope is None:
            return None
        return {name: filled(each["value"], scope) for name, each in action["outputs"].items()}

    def _script(
        self, step: dict[str, Any], scope: Scope, environ: Mapping[str, str]
    ) -> Mapping[str, str] | None:
        output = self.temp / "outputs"
        output.write_text("")
        own = {name: filled(text, scope) for name, text in step.get("env", {}).items()}
        done = subprocess.run(
            [*shell(self.workflow, step), "-c", step["run"]],
            cwd=self.workspace,
            env={
                **environment(),
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "GITHUB_WORKSPACE": str(self.workspace),
                "GITHUB_STEP_SUMMARY": str(self.temp / "step-summary.md"),
                "GITHUB_OUTPUT": str(output),
                "RUNNER_TEMP": str(self.temp),
                "GITHUB_EVENT_NAME": self.scope.get("github.event_name", ""),
                "GITHUB_REPOSITORY": "acme/plugins",
                "GITHUB_SHA": self.scope.get("github.sha", ""),
                **environ,
                **own,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        self.steps.append(Step(step["name"], done.returncode, done.stdout, done.stderr))
        lines = (line.partition("=") for line in output.read_text().splitlines())
        return None if done.returncode else {name: value for name, _, value in lines}


def filled(text: str, scope: Scope) -> str:
    """Return a text with its expressions replaced by their values."""
    return _HOLE.sub(lambda hole: evaluate(hole[1], scope), text)


def evaluate(expression: str, scope: Scope) -> str:
    """Return the value of an expression; what is not there and what is false is empty."""
    while inner := re.search(r"\(([^()]+)\)", expression):
        value = evaluate(inner[1], scope)
        expression = f"{expression[: inner.start()]}'{value}'{expression[inner.end() :]}"
    if "||" in expression:
        return next(
            (value for each in expression.split("||") if (value := evaluate(each, scope))), ""
        )
    if "&&" in expression:
        values = [evaluate(each, scope) for each in expression.split("&&")]
        return values[-1] if all(values) else ""
    if "==" in expression:
        left, right = (evaluate(each, scope) for each in expression.split("=="))
        return "true" if left == right else ""
    name = expression.strip()
    if name == "!cancelled()":
        return "true"
    return name[1:-1] if name.startswith("'") else scope.get(name, "")
