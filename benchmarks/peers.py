"""Install the programs that catalogctl is compared with, outside its own environment.

Everything is installed in benchmarks/.work/, which git ignores; hugo is a Debian package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = Path(__file__).resolve().parent / ".work"
FROM_PYPI = ("check-jsonschema", "dumb-pypi", "mongomock")
FROM_NPM = ("ajv-cli", "@sourcemeta/jsonschema")

_VENV = WORK / "peers"
_NODE = WORK / "node"


def catalogctl() -> Path:
    """Return the catalogctl command next to the running Python."""
    return Path(sys.executable).with_name("catalogctl")


@cache
def python() -> Path:
    """Return the Python with the peers from PyPI, installing them first."""
    interpreter = _VENV / "bin" / "python"
    if not (_VENV / "installed").exists():
        _say(f"installing {', '.join(FROM_PYPI)}")
        shutil.rmtree(_VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", _VENV], check=True)
        pip: list[str | Path] = [
            interpreter,
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
        ]
        subprocess.run([*pip, *FROM_PYPI], check=True)
        (_VENV / "installed").touch()
    return interpreter


def from_pypi(name: str) -> Path:
    """Return a command of a peer from PyPI."""
    return python().with_name(name)


@cache
def _npm() -> Path | None:
    """Return the folder of the commands from npm, installing them first; None without npm."""
    commands = _NODE / "node_modules" / ".bin"
    if not (_NODE / "installed").exists():
        if shutil.which("npm") is None and not _apt_install("npm"):
            return None
        _say(f"installing {', '.join(FROM_NPM)}")
        shutil.rmtree(_NODE, ignore_errors=True)
        _NODE.mkdir(parents=True)
        quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(["npm", "install", "--prefix", _NODE, *quiet, *FROM_NPM], check=True)
        (_NODE / "installed").touch()
    return commands


def from_npm(name: str) -> Path | None:
    """Return a command of a peer from npm; None without npm."""
    commands = _npm()
    return None if commands is None else commands / name


@cache
def hugo() -> Path | None:
    """Return hugo, installing it from Debian as root; None if it is not available."""
    found = shutil.which("hugo")
    if found is None and _apt_install("hugo"):
        found = shutil.which("hugo")
    return Path(found) if found else None


def _apt_install(package: str) -> bool:
    """Install a Debian package and return True, or print why that failed and return False."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        _say(f"{package} is missing and can't be installed here: its rows are left out")
        return False
    _say(f"installing {package}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "-qq", "-y", "install", "--no-install-recommends", package]
    for command in (install, ["apt-get", "-qq", "update"], install):
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        if command is install and done.returncode == 0:
            return True
    _say(f"{package} could not be installed: its rows are left out")
    return False


def versions() -> dict[str, str]:
    """Return the name and version of each available peer."""
    found = {name: _pip_version(name) for name in FROM_PYPI}
    for name in FROM_NPM:
        if _npm() is not None:
            found[name] = _npm_version(name)
    program = hugo()
    if program is not None:
        found["hugo"] = _output(program, "version").split()[1].removeprefix("v")
    return found


def _pip_version(name: str) -> str:
    code = f"from importlib.metadata import version; print(version({name!r}))"
    return _output(python(), "-c", code)


def _npm_version(name: str) -> str:
    import json

    text = (_NODE / "node_modules" / name / "package.json").read_text(encoding="utf-8")
    return str(json.loads(text)["version"])


def _output(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
