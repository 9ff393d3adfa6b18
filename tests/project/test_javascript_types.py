"""The types that the comments of the site's modules declare, held against their code."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from support.javascript import node

ROOT = Path(__file__).parents[2]
COMPILER = ROOT / ".venv/typescript/node_modules/typescript/bin/tsc"
OPTIONS = (
    *("--noEmit", "--checkJs", "--strict", "--noUnusedLocals", "--noUnusedParameters"),
    *("--noImplicitReturns", "--target", "es2022", "--module", "es2022", "--lib", "es2022,dom"),
)


def check(module: Path) -> subprocess.CompletedProcess[str]:
    """Check a module and all that it imports; skip where it can't be had, but not in CI."""
    if not COMPILER.exists():
        reason = "typescript needs node and npm: apt-get install nodejs npm, then make test"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return subprocess.run(
        [node(), COMPILER, *OPTIONS, module], capture_output=True, text=True, check=False
    )


def test_the_query_language_in_javascript_has_the_types_that_it_declares() -> None:
    told = check(ROOT / "site/js/query.js")
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_the_check_of_types_really_looks(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.js"
    wrong.write_text("/** @param {string} text */\nexport const f = (text) => text * 2;\n")
    told = check(wrong)
    assert told.returncode != 0
    assert "wrong.js(2,28): error TS2362" in told.stdout
