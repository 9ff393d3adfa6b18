"""What was checked is what counts: how often a command opens a file of the catalog."""

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
catalog, *arguments = sys.argv[1:]
def hook(event, about):
    if event == "open" and isinstance(about[0], str) and about[0].startswith(catalog):
        if not about[2] & os.O_DIRECTORY:
            print("opened", os.path.relpath(about[0], catalog), file=sys.stderr)
sys.addaudithook(hook)
from catalogctl.cli.main import main
sys.exit(main([*arguments, "--quiet", "--catalog", catalog]))
"""
FILES = {
    "plugins/plugin-hyperbilling.yaml": PLUGIN,
    "plugins/plugin-b.yaml": plugin("plugin-b"),
    "versions/plugin-hyperbilling.json": LOCK,
    "queries/all.yaml": "kind: list\ntitle: All\nquery: {}\n",
    "imported.json": "{}",
}


def opened(catalog: Path, *arguments: str) -> Counter[str]:
    """Return how often a command opens each file of a catalog."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(catalog), *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    lines = done.stderr.splitlines()
    return Counter(line.removeprefix("opened ") for line in lines if line.startswith("opened "))


def test_a_build_opens_each_file_of_the_catalog_once(tmp_path: Path) -> None:
    """Q-10: a file that changes, vanishes or becomes a FIFO later can't be published unchecked."""
    catalog = write_catalog(tmp_path / "catalog", FILES)
    command = ("build", "--jobs", "1", "--out", str(tmp_path / "public"))
    assert opened(catalog, *command, "--no-cache") == {
        "catalog.yaml": 1,
        **dict.fromkeys(FILES, 1),
    }


def test_a_build_with_a_cache_opens_a_file_once_more_to_know_it_again(tmp_path: Path) -> None:
    """Q-10: what is published is what was checked; `test_incremental` changes files in between."""
    catalog = write_catalog(tmp_path / "catalog", FILES)
    options = ("--jobs", "1", "--out", str(tmp_path / "public"), "--cache", str(tmp_path / "cache"))
    counts = opened(catalog, "build", *options)
    read_again = {name for name in FILES if name.startswith(("plugins/", "versions/"))}
    assert counts == {"catalog.yaml": 1, **{name: 1 + (name in read_again) for name in FILES}}


def test_a_write_call_opens_its_catalog_once(tmp_path: Path) -> None:
    """The state after the change is made from what was read before it."""
    catalog = write_catalog(tmp_path / "catalog", FILES)
    edits = ("--set", "tags.tier=gold", "--set", "tags.region=eu")
    counts = opened(catalog, "update", "plugin-b", *edits)
    once = ["catalog.yaml", *FILES]
    once.remove("plugins/plugin-b.yaml")  # read, compared and replaced
    once.remove("imported.json")  # which a call may change
    assert {name: counts[name] for name in once} == dict.fromkeys(once, 1)
