"""The wheel: all it needs travels inside, and it works in a folder that is no checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from catalogctl import __version__
from catalogctl.codes import all_codes

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program without what this process's environment says of Python and pip."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    return subprocess.run(
        command, cwd=cwd, env=environ | pip, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel as `pip install .` does, without network."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    told = run(*pip, "--no-index", "--wheel-dir", folder, ROOT, cwd=folder)
    assert told.returncode == 0, told.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel and what it needs into an empty venv; return the venv's bin."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv/bin/python"
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    told = run(python, *pip, "--require-hashes", "-r", ROOT / "requirements.txt", cwd=folder)
    if "No matching distribution" in told.stderr and not os.environ.get("CI"):
        pytest.skip("the package index can't be reached")
    assert told.returncode == 0, told.stderr
    told = run(python, *pip, "--no-index", "--no-deps", wheel, cwd=folder)
    assert told.returncode == 0, told.stderr
    return python.parent


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Return a folder outside the checkout with a copy of the catalog, and no git."""
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    return tmp_path


@pytest.mark.parametrize("folder", ["codes", "schemas", "site", "starter"])
def test_schemas_and_templates_travel_inside_the_wheel(wheel: Path, folder: str) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    inside = f"catalogctl/_data/{folder}/"
    with zipfile.ZipFile(wheel) as archive:
        packed = {
            name.removeprefix("catalogctl/_data/")
            for name in archive.namelist()
            if name.startswith(inside)
        }
    assert wanted
    assert packed == wanted


def test_the_lock_of_what_it_runs_on_travels_inside_the_wheel(wheel: Path) -> None:
    """R-51: under the name that docs/ci.md tells."""
    name = "catalogctl/_data/requirements.txt"
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read(name) == (ROOT / "requirements.txt").read_bytes()
    assert name in (ROOT / "docs/ci.md").read_text(encoding="utf-8")


def test_the_wheel_holds_the_package_its_types_and_its_licence_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    about = f"catalogctl-{__version__}.dist-info/"
    assert {"catalogctl/py.typed", "catalogctl/cli/main.py", f"{about}licenses/LICENSE"} <= names
    assert {name.partition("/")[0] for name in names} == {"catalogctl", about.rstrip("/")}


def test_what_the_wheel_asks_for_is_there_and_it_runs_from_its_own_files(
    installed: Path, elsewhere: Path
) -> None:
    assert run(installed / "python", "-m", "pip", "check", cwd=elsewhere).returncode == 0
    asked = (
        "import catalogctl, catalogctl.resources as r; print(catalogctl.__file__, r.folder('site'))"
    )
    told = run(installed / "python", "-c", asked, cwd=elsewhere).stdout
    assert str(installed.parent) in told
    assert str(ROOT) not in told


def test_the_installed_catalogctl_tells_its_version(installed: Path, elsewhere: Path) -> None:
    told = run(installed / "catalogctl", "--version", cwd=elsewhere)
    assert (told.returncode, told.stderr) == (0, "")
    assert __version__ in told.stdout


def test_the_installed_catalogctl_validates_and_builds(installed: Path, elsewhere: Path) -> None:
    """R-51: and needs no checkout, no git and no network for it."""
    told = run(installed / "catalogctl", "validate", cwd=elsewhere)
    assert told.returncode == 0, told.stdout + told.stderr
    told = run(installed / "catalogctl", "build", "--out", "public", cwd=elsewhere)
    assert told.returncode == 0, told.stdout + told.stderr
    for name in ("index.json", "index.html", "manifest.json", "openapi.json", "schemas"):
        assert (elsewhere / "public" / name).exists(), name
    told = run(installed / "catalogctl", "verify", "public", cwd=elsewhere)
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_installed_catalogctl_explains_a_code(installed: Path, elsewhere: Path) -> None:
    code = min(all_codes())
    told = run(installed / "catalogctl", "explain", code, cwd=elsewhere)
    assert (told.returncode, told.stderr) == (0, "")
    assert code in told.stdout
