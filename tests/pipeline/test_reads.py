"""What was checked is what is published: a file of the catalog is opened once in a build."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

from support.catalogs import LOCK, PLUGIN, plugin, write_catalog

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import os, sys
catalog, out = sys.argv[1:]
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(catalog):
        if not arguments[2] & os.O_DIRECTORY:
            print(os.path.relpath(arguments[0], catalog))
sys.addaudithook(hook)
from catalogctl.cli.main import main
sys.exit(main(["build", "--quiet", "--jobs", "1", "--catalog", catalog, "--out", out]))
"""


def test_each_file_of_the_catalog_is_opened_once(tmp_path: Path) -> None:
    """Q-10: a file that changes, vanishes or becomes a FIFO later can't be published unchecked."""
    files = {
        "plugins/plugin-hyperbilling.yaml": PLUGIN,
        "plugins/plugin-b.yaml": plugin("plugin-b"),
        "versions/plugin-hyperbilling.json": LOCK,
        "queries/all.yaml": "kind: list\ntitle: All\nquery: {}\n",
        "imported.json": "{}",
    }
    catalog = write_catalog(tmp_path / "catalog", files)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(catalog), str(tmp_path / "public")],
        check=True,
        capture_output=True,
        text=True,
    )
    assert Counter(done.stdout.split()) == {"catalog.yaml": 1, **dict.fromkeys(files, 1)}
