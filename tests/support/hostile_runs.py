"""Commands over a catalog with hostile files: what takes too long, too much memory, or breaks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from support.catalogs import PLUGIN, plugin, write_catalog
from support.git import Repository
from support.measuring import measure

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

SECONDS = 5.0
"""CPU time that a command may take over one hostile file."""
MORE_SECONDS = 0.3
"""CPU time for each further hostile file: several at once leave a slow one no room."""
PEAK = 400 * 1024
"""KiB of memory that a command may take."""
ADDED = 32 << 20
"""Bytes that one accepted file may add to the tree."""
ID = "plugin-hyperbilling"
COMMANDS: dict[str, tuple[str, ...]] = {
    "validate": ("validate", "--format", "json"),
    "build": ("build", "--out", "../public", "--quiet"),
    "fmt": ("fmt", "--check"),
    "update": ("update", ID, "--set", "tags.zz=1"),
    "diff": ("diff", "--base", "HEAD"),
}


def committed(folder: Path) -> Path:
    """Return a small catalog in git."""
    repository = Repository.new(folder / "repository")
    files = {f"plugins/{ID}.yaml": PLUGIN, "plugins/plugin-b.yaml": plugin("plugin-b")}
    catalog = write_catalog(repository.folder / "catalog", files)
    repository.commit("start")
    return catalog


def check(catalog: Path, files: int, commands: Collection[str] = COMMANDS.keys()) -> None:
    """Run commands over a catalog with so many hostile files; tell what went wrong."""
    told: Mapping[str, object] = {}
    wrong: list[str] = []
    for command in commands:
        done = measure(COMMANDS[command], cwd=catalog, scratch=catalog.parent.parent)
        if command == "validate" and done.code in (0, 1):
            told = json.loads(done.out)
        if done.code not in (0, 1, 2):
            wrong.append(f"{command}: exit {done.code}: {done.err[-300:]}")
        if "Traceback" in done.err + done.out:
            wrong.append(f"{command}: {done.err[-600:]}")
        if done.seconds > SECONDS + MORE_SECONDS * (files - 1):
            wrong.append(f"{command}: {done.seconds:.1f} s")
        if done.peak > PEAK:
            wrong.append(f"{command}: {done.peak // 1024} MiB")
    public = catalog.parent / "public"
    if public.exists() and (
        size := sum(f.stat().st_size for f in public.rglob("*") if f.is_file())
    ) > (ADDED * files):
        wrong.append(f"build: a tree of {size >> 20} MiB")
    assert wrong == [], (wrong, told)
