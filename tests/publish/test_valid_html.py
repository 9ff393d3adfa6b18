"""Every kind of page is valid HTML, also when its values are attacks: html-validate says so."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support import samples, site

PROJECT = Path(__file__).parents[2]
PROGRAM = PROJECT / ".venv/html-validate/node_modules/html-validate/bin/html-validate.mjs"
RULES = PROJECT / "tools/setup/html-validate/rules.json"
MISSING = "html-validate needs node and npm: apt-get install nodejs npm, then make test"


@pytest.mark.skipif(not PROGRAM.exists() and not os.environ.get("CI"), reason=MISSING)
def test_every_page_is_valid_html(tmp_path: Path) -> None:
    node = shutil.which("node")
    assert node is not None, MISSING
    assert PROGRAM.exists(), MISSING
    own = {"about": "# About\n\nText, [a link](https://a.example/).\n\n- one\n- two\n\n> said\n"}
    for name, plugins in (
        ("usual", samples.plugins()),
        ("hostile", samples.hostile()),
        ("none", []),
    ):
        files = site.pages(plugins, site.context(base_url="https://p.example/x/"), own_pages=own)
        pages = {path: data for path, data in files.items() if path.endswith(".html")}
        assert len(pages) > 10
        samples.written(pages, tmp_path / name)
    ran = subprocess.run(
        [node, PROGRAM, "--config", RULES, "--formatter", "text", "**/*.html"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.stdout == "", ran.stdout[:4000]
    assert ran.returncode == 0, ran.stderr
