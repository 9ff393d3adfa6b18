"""The Makefile and .ci/run: what they offer, and what they say when something is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TARGETS = [
    "help",
    "site",
    "serve",
    "pr-check",
    "test",
    "lint",
    "format",
    "golden",
    "lock",
    "dist",
    "bench",
    "clean",
]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SCRIPTS = [*sorted((ROOT / "tools/setup").glob("*.sh")), ROOT / ".ci/run"]


def make(*arguments: str) -> str:
    """Run make in the checkout and return what it says."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    told = subprocess.run(
        ["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=True, env=environ
    )
    return told.stdout


def test_help_is_the_default_and_names_every_target() -> None:
    told = make()
    assert told == make("help")
    assert re.findall(r"(?m)^  make ([\w-]+) +[A-Z]", told) == TARGETS
    assert max(map(len, told.splitlines())) <= 80


def test_clean_leaves_nothing_that_a_build_made() -> None:
    assert {"public", ".public.before"} <= set(make("--dry-run", "clean").split())


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_can_be_planned(target: str) -> None:
    assert make("--dry-run", target)


def test_the_documents_name_only_targets_that_are_there() -> None:
    known = {*TARGETS, "install"}
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]:
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r"(?m)(?:`|^(?:\$ )?)make ([a-z-]+)", text))
        assert used <= known, path.name


def test_the_readme_names_the_commands_that_build_test_and_preview() -> None:
    first_screen, _, rest = (ROOT / "README.md").read_text("utf-8").partition("\n## ")
    assert "make site" in first_screen
    assert "make test" in first_screen
    assert "make serve" in rest


def test_continuous_integration_runs_make_test_within_thirty_minutes() -> None:
    run = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert re.search(r"(?m)^exec timeout .*\b1780s make test </dev/null$", run)
    assert os.access(ROOT / ".ci/run", os.X_OK)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_parses_and_stops_at_errors(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    assert os.access(script, os.X_OK)
    assert re.search(r"(?m)^set -e?uo pipefail$", script.read_text(encoding="utf-8"))


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """Return a checkout of the set-up alone, beside a PATH with no Python in it."""
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "tools/setup", checkout / "tools/setup")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("bash", "cat", "dirname", "grep", "id", "mv", "rm"):
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)
    return checkout


def set_up(checkout: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up with the bare PATH, after making these programs Pythons too old."""
    programs = checkout.parent / "programs"
    for name in names:
        (programs / name).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    return subprocess.run(
        ["bash", checkout / "tools/setup/venv.sh", "runtime"],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("names", [[], ["python3"], ["python3", "python3.11"]], ids=str)
def test_without_a_python_that_will_do_make_says_what_to_install(
    bare_machine: Path, names: list[str]
) -> None:
    told = set_up(bare_machine, *names)
    assert told.returncode == 1
    assert told.stdout == ""
    assert told.stderr.startswith(
        "no Python 3.11 or newer found"
        " (tried: python3 python3.14 python3.13 python3.12 python3.11)\n"
        "  on Debian: apt-get install python3 python3-venv\n"
    )
