"""Find the catalogs to measure on, made once and kept, and folders for output."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from benchmarks import peers

_TMPFS = Path("/dev/shm")


def catalog(plugins: int, *, bad: float = 0.0) -> Path:
    """Return a catalog of N plugins; made when it is not there or how it is made has changed.

    Another process makes it, so that this one stays small (see `measure`).
    """
    name = f"{plugins}-{bad:g}-bad" if bad else str(plugins)
    folder, maker = peers.WORK / "catalogs" / name, Path(__file__).with_name("catalogs.py")
    made = peers.WORK / "catalogs" / f"{name}.made"
    how = maker.read_bytes() + maker.with_name("pools.yaml").read_bytes()
    if not made.exists() or made.read_bytes() != how:
        print(f"making a catalog of {plugins:,} plugins", file=sys.stderr, flush=True)
        commits = str(min(1000, plugins))
        options = ["--commits", commits, "--bad", str(bad)]
        command: list[str | Path] = [sys.executable, maker, str(plugins), folder, *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        made.write_bytes(how)
    return folder / "catalog"


@cache
def outputs() -> Path:
    """Return a folder for what is built: on tmpfs where there is one; removed at the end."""
    parent = _TMPFS if _TMPFS.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="catalogctl-bench-", dir=parent))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def on_tmpfs() -> bool:
    """Return whether what is built lies on tmpfs."""
    return outputs().is_relative_to(_TMPFS)


def fresh(name: str) -> Path:
    """Return a path for output where nothing is."""
    path = outputs() / name
    shutil.rmtree(path, ignore_errors=True)
    return path


def size(folder: Path) -> tuple[int, int]:
    """Return how many files lie below a folder, and their bytes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)
