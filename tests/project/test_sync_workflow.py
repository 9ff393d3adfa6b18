"""The script of sync.yml that packs what changed, run as the runner does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from support.git import Repository
from support.registries import need
from support.workflows import shell

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
FOLDERS = (".github/workflows", "starter/.github/workflows")
FIRST = "catalog/upstream/one/plugins/plugin-a.json"
SECOND = "catalog/upstream/one/plugins/plugin-b.json"


def workflow(folder: str) -> Any:
    text = (ROOT / folder / "sync.yml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)


def script(folder: str, job: str, name: str) -> str:
    steps = workflow(folder)["jobs"][job]["steps"]
    text: str = next(step["run"] for step in steps if step["name"].startswith(name))
    return text


def run(text: str, workspace: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    need("jq", "jq")
    temp = workspace.parent
    return subprocess.run(
        [*shell(workflow(FOLDERS[0]), {}), "-c", text],
        cwd=workspace,
        env={
            "PATH": "/usr/bin:/bin:/usr/local/bin",
            "HOME": str(temp),
            "RUNNER_TEMP": str(temp),
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_STEP_SUMMARY": str(temp / "summary"),
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def changed(workspace: Path, files: Mapping[str, str | None]) -> None:
    for name, text in files.items():
        path = workspace / name
        if text is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_changed_in_upstreams_is_packed_and_nothing_else(folder: str, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    git = Repository.new(workspace)
    git.commit("Start", {FIRST: "a\n", SECOND: "b\n", "catalog/plugins/plugin-c.yaml": "c\n"})
    new = "catalog/upstream/two/source.json"
    changed(workspace, {FIRST: "A\n", SECOND: None, new: "{}\n", "catalog/plugins/x.yaml": "x\n"})
    (tmp_path / "synced").mkdir()
    report = {"upstreams": [{"takeovers": [{"plugin_id": "plugin-a"}]}]}
    (tmp_path / "report.json").write_text(json.dumps(report))
    done = run(script(folder, "sync", "Pack"), workspace)
    assert done.returncode == 0, done.stderr
    packed = json.loads((tmp_path / "synced/tree.json").read_text())
    blob = {"mode": "100644", "type": "blob"}
    assert packed["tree"] == [
        {"path": FIRST, **blob, "content": "A\n"},
        {"path": new, **blob, "content": "{}\n"},
        {"path": SECOND, **blob, "sha": None},
    ]
    assert (tmp_path / "output").read_text() == "changed=true\n"
    assert (tmp_path / "synced/takeovers").read_text() == "true\n"
    pattern = script(folder, "propose", "Push").split("test(")[1].split('"')[1]
    allowed = subprocess.run(
        ["jq", "-e", f'.tree | all(.path | test("{pattern}"))', tmp_path / "synced/tree.json"],
        check=False,
    )
    assert allowed.returncode == 0


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_is_packed_while_there_is_no_file_of_an_upstream(
    folder: str, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    Repository.new(workspace).commit("Start", {"catalog/catalog.yaml": "upstreams: []\n"})
    (tmp_path / "synced").mkdir()
    (tmp_path / "report.json").write_text('{"upstreams": []}')
    done = run(script(folder, "sync", "Pack"), workspace)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize("key", ["upstreams:", '"upstreams":', "'upstreams' :", '  "upstreams":'])
def test_upstreams_are_found_however_their_key_is_written(key: str, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    changed(workspace, {"catalog/catalog.yaml": f"repository: {{}}\n{key}\n  - {{}}\n"})
    done = run(script(FOLDERS[0], "sync", "Sync"), workspace)
    assert "no upstreams" not in done.stdout + done.stderr
    assert done.returncode != 0, "it asks catalogctl, which is not there"
    assert not (tmp_path / "summary").exists()


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_catalog_without_upstreams_needs_no_run(folder: str, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    changed(workspace, {"catalog/catalog.yaml": "repository: {}\n"})
    done = run(script(folder, "sync", "Sync"), workspace)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_job_that_writes_runs_nothing_of_the_repository(folder: str) -> None:
    """R-54: and its token can't push to main, or it stops."""
    jobs = workflow(folder)["jobs"]
    assert jobs["sync"]["permissions"] == {"contents": "read"}
    names = [step["name"] for step in jobs["propose"]["steps"]]
    assert names[0] == "Make sure that this token can't push to main"
    assert not any("uses" in step for step in jobs["propose"]["steps"])
