"""Each decision has a number, a title and a status, and stands in the index."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_index_has_every_decision_with_its_status() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "make_decisions.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
