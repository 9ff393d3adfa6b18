"""docs/problems.md is made from the table of codes, so it can't say anything else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from catalogctl.codes import Code, all_codes

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")


def test_the_page_is_what_the_table_says() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "make_problems.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("code", all_codes().values(), ids=lambda code: code.code)
def test_every_code_has_its_own_heading_a_wrong_and_a_right_example(code: Code) -> None:
    _, _, section = PAGE.partition(f"\n### {code.code}\n")
    section = section.partition("\n### ")[0]
    assert code.meaning.replace("*", r"\*") in section
    assert code.wrong.rstrip() in section
    assert code.right.rstrip() in section
    assert f"[{code.code}](#{code.code})" in PAGE
