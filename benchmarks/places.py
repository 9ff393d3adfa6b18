"""Provide the catalogs to measure with, generated once and kept, and output folders."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from benchmarks import peers

COMMITS = 1000
"""The number of commits of a catalog with at least as many plugins."""
_TMPFS = Path("/dev/shm")


def catalog(plugins: int, *, bad: float = 0.0) -> Path:
    """Return a catalog of N plugins, generated if it is missing or its generator has changed.

    Another process generates it, so that this one stays small (see `measure`).
    """
    name = f"{plugins}-{bad:g}-bad" if bad else str(plugins)
    folder, maker = peers.WORK / "catalogs" / name, Path(__file__).with_name("catalogs.py")
    made = peers.WORK / "catalogs" / f"{name}.made"
    how = maker.read_bytes() + maker.with_name("pools.yaml").read_bytes()
    if not made.exists() or made.read_bytes() != how:
        print(f"making a catalog of {plugins:,} plugins", file=sys.stderr, flush=True)
        commits = str(min(COMMITS, plugins))
        options = ["--commits", commits, "--bad", str(bad)]
        command: list[str | Path] = [sys.executable, maker, str(plugins), folder, *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        made.write_bytes(how)
    return folder / "catalog"


@cache
def outputs() -> Path:
    """Return a folder for output, on tmpfs if available; it is removed at exit."""
    parent = _TMPFS if _TMPFS.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="catalogctl-bench-", dir=parent))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def on_tmpfs() -> bool:
    """Return whether output is on tmpfs."""
    return outputs().is_relative_to(_TMPFS)


def fresh(name: str) -> Path:
    """Return a path for output, removing what exists there."""
    path = outputs() / name
    shutil.rmtree(path, ignore_errors=True)
    return path


def size(folder: Path) -> tuple[int, int]:
    """Return the number of files below a folder and their total size in bytes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)
