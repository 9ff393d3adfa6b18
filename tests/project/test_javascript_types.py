"""The types that the comments of the site's scripts declare, held against their code."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from support.javascript import node

ROOT = Path(__file__).parents[2]
COMPILER = ROOT / ".venv/typescript/node_modules/typescript/bin/tsc"
SETTINGS = ROOT / "tsconfig.json"


def compile_types(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the compiler; skip where it can't be had, but not in CI."""
    if not COMPILER.exists():
        reason = "typescript needs node and npm: apt-get install nodejs npm, then make test"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    command = [node(), COMPILER, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_script_of_the_site_has_the_types_that_it_declares() -> None:
    told = compile_types("--project", SETTINGS, "--listFiles")
    checked = {Path(line) for line in told.stdout.splitlines()}
    assert checked >= set((ROOT / "site/js").rglob("*.js"))
    assert (told.returncode, told.stderr) == (0, "")


def test_the_check_of_types_really_looks(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.js"
    wrong.write_text("/** @param {string} text */\nexport const f = (text) => text * 2;\n")
    settings = tmp_path / "tsconfig.json"
    settings.write_text(json.dumps({"extends": str(SETTINGS), "include": ["wrong.js"]}))
    told = compile_types("--project", settings)
    assert told.returncode != 0
    assert "wrong.js(2,28): error TS2362" in told.stdout


def test_no_script_of_the_site_turns_the_check_off() -> None:
    scripts = sorted((ROOT / "site/js").rglob("*.js"))
    assert [path.name for path in scripts if "@ts-" in path.read_text(encoding="utf-8")] == []
