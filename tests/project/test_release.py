"""A release: what it is built from, who publishes it, and how a person verifies it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalogctl import __version__
from support.git import Repository, environment
from support.workflows import faults

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github/workflows/release.yml"


@pytest.fixture(scope="module")
def jobs() -> dict[str, Any]:
    """Return the jobs of the release workflow."""
    workflow = yaml.load(WORKFLOW.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert workflow["on"] == {"push": {"tags": ["v[0-9]*"]}}
    found: dict[str, Any] = workflow["jobs"]
    return found


def actions(job: dict[str, Any]) -> list[str]:
    return [step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step]


def test_a_release_is_attested_and_published_without_a_secret(jobs: dict[str, Any]) -> None:
    """R-52: trusted publishing, after an attestation of the very files that were built."""
    assert faults(WORKFLOW.read_text(encoding="utf-8")) == []
    assert "secrets" not in WORKFLOW.read_text(encoding="utf-8")
    assert actions(jobs["attest"])[-1] == "actions/attest-build-provenance"
    assert jobs["attest"]["permissions"] == {"id-token": "write", "attestations": "write"}
    assert actions(jobs["publish"])[-1] == "pypa/gh-action-pypi-publish"
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["environment"] == "release"
    assert jobs["publish"]["steps"][-1]["with"] == {"attestations": "true"}
    assert (jobs["attest"]["needs"], jobs["publish"]["needs"]) == ("build", "attest")


def test_a_tag_beside_main_is_refused(jobs: dict[str, Any], tmp_path: Path) -> None:
    made = Repository.new(tmp_path / "origin")
    first = made.commit("Begin")
    made.branch("side")
    beside = made.commit("Beside")
    made.git("clone", "--quiet", made.folder, tmp_path / "clone")
    Repository(tmp_path / "clone").git("update-ref", "refs/remotes/origin/main", first)
    (step,) = (each for each in jobs["build"]["steps"] if each["name"].startswith("Refuse"))
    codes = [
        subprocess.run(
            ["bash", "-eo", "pipefail", "-c", step["run"]],
            cwd=tmp_path / "clone",
            env={**environment(), "GITHUB_SHA": sha},
            capture_output=True,
            check=False,
        ).returncode
        for sha in (first, beside)
    ]
    assert codes == [0, 1]


def test_readme_says_how_a_release_is_verified() -> None:
    """R-52."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "gh attestation verify catalogctl-*.whl" in readme


def dist(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [folder / "tools/setup/dist.sh"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environ},
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone of the last commit that uses this checkout's .venv."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this copy of the project is no git checkout")
    folder = tmp_path / "another place"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", ROOT, folder], check=True)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def test_the_same_commit_gives_the_same_files(clone: Path) -> None:
    """Q-08: whatever the place, the umask and the times of the files."""
    assert dist(clone).returncode == 0
    first = {file.name: hashlib.sha256(file.read_bytes()) for file in (clone / "dist").iterdir()}
    for path in clone.joinpath("tools").rglob("*.py"):
        os.utime(path, (1, 1))
    before = os.umask(0o077)
    try:
        assert dist(clone, TZ="Pacific/Kiritimati", PYTHONHASHSEED="1").returncode == 0
    finally:
        os.umask(before)
    second = {file.name: hashlib.sha256(file.read_bytes()) for file in (clone / "dist").iterdir()}
    assert {name: each.hexdigest() for name, each in first.items()} == {
        name: each.hexdigest() for name, each in second.items()
    }
    assert sorted(first) == [
        f"catalogctl-{__version__}-py3-none-any.whl",
        f"catalogctl-{__version__}.tar.gz",
    ]


def test_the_source_distribution_gives_the_same_wheel(clone: Path, tmp_path: Path) -> None:
    """Q-08: whoever builds from it has what was released."""
    assert dist(clone).returncode == 0
    (wheel,), (source,) = (clone / "dist").glob("*.whl"), (clone / "dist").glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    time = subprocess.check_output(["git", "-C", clone, "log", "-1", "--format=%ct"], text=True)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "again")],
        cwd=tmp_path / f"catalogctl-{__version__}",
        env={**os.environ, "SOURCE_DATE_EPOCH": time.strip()},
        capture_output=True,
        check=True,
    )
    assert (tmp_path / "again" / wheel.name).read_bytes() == wheel.read_bytes()


def test_a_tag_that_is_not_the_version_is_refused(clone: Path) -> None:
    done = dist(clone, TAG="v99.0.0")
    assert done.returncode == 1
    assert f"the version is {__version__}" in done.stderr
    assert not (clone / "dist").exists()


def test_a_release_without_a_date_is_refused(clone: Path) -> None:
    changes = clone / "CHANGELOG.md"
    text = changes.read_text(encoding="utf-8")
    changes.write_text(text.replace(f"\n## [{__version__}] - ", f"\n## {__version__} - "))
    done = dist(clone, TAG=f"v{__version__}")
    assert done.returncode == 1
    assert f"CHANGELOG.md has no dated section for {__version__}" in done.stderr
    assert not (clone / "dist").exists()


def test_a_build_that_fails_says_why(clone: Path) -> None:
    (clone / "README.md").unlink()
    done = dist(clone)
    assert done.returncode == 1
    assert "README.md" in done.stderr


def test_the_changes_of_this_version_are_dated_below_what_is_not_released() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"(?m)^## (.*)$", text)
    assert headings[0] == "[Unreleased]"
    assert re.fullmatch(rf"\[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d", headings[1])
