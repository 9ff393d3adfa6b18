"""A fresh clone: `make site` builds it, and every clone of a commit builds the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.runner import Runner, gh_that_knows_main

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]

# (environment, umask, --jobs): nothing of it may reach the tree.
MACHINES: dict[str, tuple[dict[str, str], int, int]] = {
    "here": ({}, 0o022, 1),
    "far-east": ({"TZ": "Pacific/Kiritimati", "LANG": "C", "PYTHONHASHSEED": "0"}, 0o077, 2),
    "turkish": (
        {"TZ": "Europe/Istanbul", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "1"},
        0o027,
        16,
    ),
    "by-chance": ({"TZ": "America/St_Johns", "LANG": "", "PYTHONHASHSEED": "random"}, 0o022, 3),
}


def run(
    *command: str | Path, cwd: Path, umask: int = 0o022, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a program as on a machine of its own: PATH and HOME, and what is given."""
    known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    return subprocess.run(
        command,
        cwd=cwd,
        umask=umask,
        env=known | pip | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def git_clone(folder: Path) -> Path:
    """Clone the checkout's last commit."""
    told = run("git", "clone", "--quiet", "--no-hardlinks", ROOT, folder, cwd=ROOT)
    assert told.returncode == 0, told.stderr
    return folder


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clone in which `make site`, and nothing else, was typed."""
    if run("git", "rev-parse", "--verify", "HEAD", cwd=ROOT).returncode != 0:
        pytest.skip("this copy of the project is no git checkout")
    folder = git_clone(tmp_path_factory.mktemp("first") / "clone")
    told = run("make", "site", cwd=folder)
    if "No matching distribution" in told.stderr and not os.environ.get("CI"):
        pytest.skip("the package index can't be reached")
    assert told.returncode == 0, told.stdout + told.stderr
    return folder


def test_make_site_is_all_that_a_fresh_clone_needs(clone: Path) -> None:
    index = json.loads((clone / "public/index.json").read_text(encoding="utf-8"))
    plugins = sorted(path.stem for path in (clone / "catalog/plugins").glob("*.yaml"))
    assert sorted(plugin["plugin_id"] for plugin in index["plugins"]) == plugins
    told = run(clone / ".venv/bin/catalogctl", "verify", "public", cwd=clone)
    assert told.returncode == 0, told.stdout + told.stderr


def test_make_site_leaves_nothing_that_git_would_show(clone: Path) -> None:
    assert run("git", "status", "--porcelain", cwd=clone).stdout == ""


def test_a_second_make_site_installs_nothing_and_changes_no_byte(clone: Path) -> None:
    before = (clone / "public/manifest.json").read_bytes()
    told = run("make", "site", cwd=clone, PIP_NO_INDEX="1")
    assert told.returncode == 0, told.stderr
    assert "installing" not in told.stdout
    assert (clone / "public/manifest.json").read_bytes() == before


def test_the_workflow_that_publishes_runs_in_it(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step by step, with the action at the top of the repository."""
    monkeypatch.setenv("PATH", gh_that_knows_main(tmp_path / "programs", clone))
    newest = run("git", "rev-parse", "HEAD", cwd=clone).stdout.strip()
    kept: list[Mapping[str, str]] = []

    def keep(options: Mapping[str, str]) -> dict[str, str]:
        kept.append(options)
        return {}

    actions = {
        "actions/checkout": lambda _: {},
        "actions/configure-pages": lambda _: {"base_url": "https://plugins.example.org/x"},
        "actions/upload-pages-artifact": keep,
    }
    scope = {"github.event_name": "push", "github.sha": newest}
    runner = Runner(clone, tmp_path, scope, actions)
    assert runner.run("publish.yml", "build"), runner.steps[-1]
    assert kept == [{"path": "public/", "include-hidden-files": "true"}]
    assert "https://plugins.example.org/x/" in (clone / "public/index.html").read_text()
    plugins = list((clone / "catalog/plugins").glob("*.yaml"))
    assert f"{len(plugins)} plugins" in runner.summary
    assert run("make", "site", cwd=clone).returncode == 0, "as the other tests expect it"


@pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)
def test_another_clone_on_another_machine_gives_the_same_manifest(
    clone: Path, machine: tuple[dict[str, str], int, int], tmp_path: Path
) -> None:
    """Q-08: the same commit, the same bytes."""
    environ, umask, jobs = machine
    other = git_clone(tmp_path / "another clone")
    for path in other.joinpath("catalog").rglob("*"):
        os.utime(path, (1, 1))
    catalogctl = clone / ".venv/bin/catalogctl"
    told = run(
        *(catalogctl, "build", "--catalog", other / "catalog"),
        *("--out", tmp_path / "tree", "--jobs", str(jobs)),
        cwd=tmp_path,
        umask=umask,
        **environ,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    built = (tmp_path / "tree/manifest.json").read_bytes()
    assert built == (clone / "public/manifest.json").read_bytes()
