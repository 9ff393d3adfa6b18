"""From an empty folder with only the wheel: init, push, what the workflows do, serve, verify."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support import nginx
from support.git import Repository, environment
from support.loopback import Asked, Reply, Server
from support.runner import Runner, evaluate, gh_that_knows_main

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROOT = Path(__file__).parents[2]
BASE_URL = "https://plugins.example.org/some/prefix"
ACTION = "Install catalogctl as it is pinned"


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=environment(), capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the built wheel into an environment that finds its dependencies in this one."""
    folder = tmp_path_factory.mktemp("tool")
    hatchling = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    done = run(*hatchling, "-d", folder, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv/bin/python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    done = run(*pip, "--no-deps", "--no-index", *folder.glob("*.whl"), cwd=folder)
    assert done.returncode == 0, done.stderr
    own = next(folder.glob("venv/lib/python*/site-packages"))
    dependencies = Path(pytest.__file__).parents[1]
    (own / "dependencies.pth").write_text(f"{dependencies}\n")
    return python.with_name("catalogctl")


@dataclass
class Machines:
    """A bare repository, a clone of it, and what the jobs hand on."""

    folder: Path
    person: Repository

    def runner(self, scope: Mapping[str, str]) -> Runner:
        temp = self.folder / "temp"
        temp.mkdir(exist_ok=True)
        (temp / "step-summary.md").unlink(missing_ok=True)
        actions = {
            "actions/checkout": self._check_out,
            "actions/configure-pages": lambda _: {"base_url": BASE_URL},
            "actions/upload-artifact": self._keep,
            "actions/upload-pages-artifact": self._keep,
            "actions/deploy-pages": lambda _: {"page_url": BASE_URL},
        }
        return Runner(self.workspace, temp, scope, actions)

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def artifact(self) -> Path:
        return self.folder / "artifact"

    def clone(self, *merged: str) -> None:
        """Lay out the workspace: main, or the merge that the host makes of it and a branch."""
        shutil.rmtree(self.workspace, ignore_errors=True)
        self.person.git("clone", "--quiet", self.folder / "bare.git", self.workspace)
        for branch in merged:
            Repository(self.workspace).merge(f"origin/{branch}")

    def _check_out(self, options: Mapping[str, str]) -> dict[str, str]:
        assert options == {"fetch-depth": "0", "persist-credentials": "false"}
        assert (self.workspace / ".git").exists()
        return {}

    def _keep(self, options: Mapping[str, str]) -> dict[str, str]:
        shutil.rmtree(self.artifact, ignore_errors=True)
        shutil.copytree(self.workspace / options["path"], self.artifact)
        return {}


@pytest.fixture(scope="module")
def machines(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Begin a catalog with the installed wheel, and push it to a bare repository."""
    folder = tmp_path_factory.mktemp("push")
    done = run(program, "init", "plugins", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "next: git add, git commit, git push" in done.stderr
    person = Repository(folder / "plugins")
    person.git("init", "--quiet", "--bare", "-b", "main", folder / "bare.git")
    person.commit("Begin")
    person.git("remote", "add", "origin", folder / "bare.git")
    person.git("push", "--quiet", "origin", "main")
    return Machines(folder, person)


@pytest.fixture(scope="module")
def published(machines: Machines) -> Runner:
    """Run both jobs of the workflow that publishes main."""
    machines.clone()
    head = machines.person.git("rev-parse", "main")
    runner = machines.runner({"github.event_name": "push", "github.sha": head})
    path = gh_that_knows_main(machines.folder / "programs", machines.person.folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", path)
        passed = runner.run("publish.yml", "build")
    said = runner.steps[-1].err
    if "No matching distribution" in said and not os.environ.get("CI"):
        pytest.skip("the package index can't be reached")
    assert passed, said
    assert runner.run("publish.yml", "deploy")
    return runner


def test_the_first_push_installs_the_very_tool_from_the_repository(published: Runner) -> None:
    """R-02, R-51: by hash, from an index that does not have it."""
    assert [step.name for step in published.steps] == [
        "Look for a root, also in the past",
        "Stop if main has moved on",
        ACTION,
        "Validate, and name the calls",
        "Build",
    ]
    (wheel,) = (published.workspace / ".github/catalogctl").glob("*.whl")
    installed = published.temp / "catalogctl"
    site_packages = next(installed.glob("lib/python*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not name.endswith("RECORD"):
                assert (site_packages / name).read_bytes() == archive.read(name), name
    assert "1 plugin" in published.summary


def an_index_of(wheel: Path) -> Callable[[Asked], Reply]:
    """Return a package index that has one wheel (PEP 691)."""
    data = wheel.read_bytes()
    hashes = {"sha256": hashlib.sha256(data).hexdigest()}
    file = {"filename": wheel.name, "url": wheel.name, "hashes": hashes}
    project = {"meta": {"api-version": "1.0"}, "name": "catalogctl", "files": [file]}
    kind = {"Content-Type": "application/vnd.pypi.simple.v1+json"}

    def index(request: Asked) -> Reply:
        if request.path == f"/simple/catalogctl/{wheel.name}":
            return Reply(200, data)
        return Reply(200, json.dumps(project).encode(), kind)

    return index


def installed(folder: Path, index: str, *what: str | Path) -> Path:
    """Install catalogctl from an index into an empty environment; return the program."""
    venv.create(folder, with_pip=False)
    python = folder / "bin/python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    done = run(*pip, "--no-deps", "--index-url", index, *what, cwd=folder)
    assert done.returncode == 0, done.stderr
    own = next(folder.glob("lib/python*/site-packages"))
    (own / "dependencies.pth").write_text(f"{Path(pytest.__file__).parents[1]}\n")
    return python.with_name("catalogctl")


def test_a_tool_from_a_package_index_is_pinned_and_installed_from_there(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-02: by hash, as pip has it; nothing but the index is needed."""
    (wheel,) = program.parents[2].glob("*.whl")
    with Server(an_index_of(wheel)) as server:
        index = f"http://{server.host}/simple"
        monkeypatch.setenv("PIP_INDEX_URL", index)
        tool = installed(tmp_path / "tool", index, "catalogctl")
        assert run(tool, "init", "new", cwd=tmp_path).returncode == 0
        folder = tmp_path / "new/.github/catalogctl"
        assert list(folder.glob("*.whl")) == []
        lines = (folder / "requirements.txt").read_text().splitlines()
        first = next(n for n, line in enumerate(lines) if line.startswith("catalogctl=="))
        (tmp_path / "tool.txt").write_text("\n".join(lines[first : first + 2]))
        again = installed(
            tmp_path / "again", index, "--require-hashes", "-r", tmp_path / "tool.txt"
        )
        assert run(again, "--version", cwd=tmp_path).returncode == 0


def test_what_is_published_is_served_below_a_path_and_verified(
    published: Runner, machines: Machines, tmp_path: Path
) -> None:
    if nginx.program() is None:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    program = published.temp / "catalogctl/bin/catalogctl"
    with nginx.serving(machines.artifact, tmp_path) as address:
        done = run(program, "verify", address, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        done = run(program, "list", "--from", address, "--format", "json", cwd=tmp_path)
    assert [each["plugin_id"] for each in json.loads(done.stdout)["results"]] == ["plugin-example"]
    assert f"{BASE_URL}/" in (machines.artifact / "index.html").read_text()


def test_the_tool_that_was_installed_finds_its_own_files_up_to_date(published: Runner) -> None:
    """A wheel made of what the wheel installed has the same bytes."""
    program = published.temp / "catalogctl/bin/catalogctl"
    done = run(program, "init", "--update", "--check", cwd=published.workspace)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "all is up to date" in done.stderr


def test_a_pull_request_is_checked_and_previewed_with_the_same_tool(
    published: Runner, machines: Machines
) -> None:
    """On the merge that the host makes of it; what is wrong in one: test_init_command.py."""
    example = published.workspace / "catalog/plugins/plugin-example.yaml"
    text = example.read_text().replace("plugin-example", "plugin-mine")
    machines.person.branch("mine")
    mine = text.replace("name: Example", "name: Mine")
    machines.person.commit("mine", {"catalog/plugins/plugin-mine.yaml": mine})
    machines.person.git("push", "--quiet", "origin", "mine")
    machines.clone("mine")
    event = {"github.event_name": "pull_request", "github.event.pull_request.user.login": "ann"}
    runner = machines.runner(event)
    assert runner.run("pull-request.yml", "catalog"), runner.steps[-1]
    assert "register" in runner.summary
    assert "plugin-mine" in runner.summary
    page = machines.artifact / "repository/v1/plugin/get/plugin-mine.json"
    assert json.loads(page.read_text())["name"] == "Mine"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a", "1"),
        ("b", ""),
        ("b || a", "1"),
        ("a == '1' && 'yes' || ''", "yes"),
        ("a == '2' && 'yes' || ''", ""),
        ("b || a == '1' && 'yes' || ''", "yes"),
    ],
)
def test_expressions_have_the_values_that_a_host_gives_them(expression: str, value: str) -> None:
    assert evaluate(expression, {"a": "1"}) == value
