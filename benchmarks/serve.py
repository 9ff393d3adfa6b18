"""Measure how long after a file was saved `catalogctl serve` shows it."""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks import measure, peers, places
from benchmarks.edits import EditedCatalog
from benchmarks.measure import number
from benchmarks.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.scope import Scope

LONGEST = 300.0
EVERY = 0.005
PAUSE = 1.0
"""Seconds between a save that is visible and the next one."""
_ADDRESS = re.compile(rb"http://[0-9.]+:[0-9]+/")


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the row of a save: from the end of writing a file to the first page that shows it."""
    folder = places.fresh("serve")
    edited = EditedCatalog.clone(places.catalog(scope.plugins), folder / "clone", scope.plugins)
    with _serving(edited.catalog, folder) as address:
        started = _visible(address, "")
        taken = []
        for _ in range(scope.rounds + 1):
            time.sleep(PAUSE)
            file = edited.change_text()
            text = file.read_text(encoding="utf-8")
            new = next(line for line in text.splitlines() if line.startswith("  description: "))
            words = new.removeprefix("  description: ")
            taken.append(_visible(f"{address}plugins/{file.stem}/", words) * 1000)
    median = statistics.median(taken[1:])
    cells = (f"{', '.join(map(number, taken[1:]))} ms, wall", f"first page: {number(started)} s")
    what = f"serve {scope.plugins:,}: a saved file visible"
    yield Row(what, *cells, median, 300.0, 150.0, " ms")
    shutil.rmtree(folder)


@contextmanager
def _serving(catalog: Path, folder: Path) -> Iterator[str]:
    """Run `catalogctl serve` until the context ends, and yield its address."""
    command = (peers.catalogctl(), "serve", "--catalog", catalog, "--port", "0")
    environ = measure.environment({"XDG_CACHE_HOME": str(folder), "TMPDIR": str(folder)})
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environ)
    try:
        yield _address(process, log)
    finally:
        process.terminate()
        process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address that the server prints. Raise RuntimeError if it ends before."""
    while process.poll() is None:
        found = _ADDRESS.search(log.read_bytes())
        if found is not None:
            return found[0].decode()
        time.sleep(EVERY)
    raise RuntimeError(f"serve ended: {log.read_text(encoding='utf-8')}")


def _visible(url: str, words: str) -> float:
    """Return after how many seconds a page has these words. Raise RuntimeError if it never has."""
    began = time.perf_counter()
    while (taken := time.perf_counter() - began) < LONGEST:
        try:
            with urllib.request.urlopen(url, timeout=LONGEST) as answer:
                if words.encode() in answer.read():
                    return time.perf_counter() - began
        except urllib.error.HTTPError:
            pass  # nothing is built yet
        time.sleep(EVERY)
    raise RuntimeError(f"{url} does not show {words!r} after {taken:.0f} s")
