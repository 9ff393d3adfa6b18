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


_left_out = False


def leave_out() -> None:
    """Install no peers and use none: all of them are absent."""
    global _left_out  # noqa: PLW0603 - set once, before anything is measured
    _left_out = True


def are_left_out() -> bool:
    """Return whether all peers are absent because `leave_out` was called."""
    return _left_out


@cache
def python() -> Path | None:
    """Return the Python with the peers from PyPI, installing them first; None without them."""
    if _left_out:
        return None
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
        if subprocess.run([*pip, *FROM_PYPI], check=False).returncode:
            _say("they could not be installed")
            return None
        (_VENV / "installed").touch()
    return interpreter


def from_pypi(name: str) -> Path | None:
    """Return a command of a peer from PyPI; None if it is not available."""
    interpreter = python()
    return None if interpreter is None else interpreter.with_name(name)


@cache
def _npm() -> Path | None:
    """Return the folder of the commands from npm, installing them first; None without npm."""
    commands = _NODE / "node_modules" / ".bin"
    if _left_out:
        return None
    if not (_NODE / "installed").exists():
        if shutil.which("npm") is None and not _apt_install("npm"):
            return None
        _say(f"installing {', '.join(FROM_NPM)}")
        shutil.rmtree(_NODE, ignore_errors=True)
        _NODE.mkdir(parents=True)
        quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
        install: list[str | Path] = ["npm", "install", "--prefix", _NODE, *quiet, *FROM_NPM]
        if subprocess.run(install, check=False).returncode:
            _say("they could not be installed")
            return None
        (_NODE / "installed").touch()
    return commands


def from_npm(name: str) -> Path | None:
    """Return a command of a peer from npm; None if it is not available."""
    commands = _npm()
    return None if commands is None else commands / name


@cache
def hugo() -> Path | None:
    """Return hugo, installing it from Debian as root; None if it is not available."""
    if _left_out:
        return None
    found = shutil.which("hugo")
    if found is None and _apt_install("hugo"):
        found = shutil.which("hugo")
    return Path(found) if found else None


def _apt_install(package: str) -> bool:
    """Install a Debian package and return True, or print why that failed and return False."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        _say(f"{package} is missing and can't be installed here")
        return False
    _say(f"installing {package}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "-qq", "-y", "install", "--no-install-recommends", package]
    for command in (install, ["apt-get", "-qq", "update"], install):
        done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
        if command is install and done.returncode == 0:
            return True
    _say(f"{package} could not be installed")
    return False


def versions() -> dict[str, str]:
    """Return the version of each peer, "absent" if it is not available."""
    found = dict.fromkeys((*FROM_PYPI, *FROM_NPM, "hugo"), "absent")
    interpreter = python()
    if interpreter is not None:
        found |= {name: _pip_version(interpreter, name) for name in FROM_PYPI}
    if _npm() is not None:
        found |= {name: _npm_version(name) for name in FROM_NPM}
    program = hugo()
    if program is not None:
        found["hugo"] = _output(program, "version").split()[1].removeprefix("v")
    return found


def _pip_version(interpreter: Path, name: str) -> str:
    code = f"from importlib.metadata import version; print(version({name!r}))"
    return _output(interpreter, "-c", code)


def _npm_version(name: str) -> str:
    import json

    text = (_NODE / "node_modules" / name / "package.json").read_text(encoding="utf-8")
    return str(json.loads(text)["version"])


def _output(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
