"""A real Dask cluster on this machine: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from distributed import Client

from support.waiting import PATIENCE, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Self

_WORKER = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0")

KILLER = """
import os, signal, sys

left = {renames}

def hook(event, arguments):
    global left
    if event == "os.rename" and str(arguments[1]).startswith("plugins/"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
"""
"""What a worker runs first that is killed while it writes its n-th page."""


class Cluster:
    """A scheduler, to which workers can be added; `folder` is for its own files."""

    def __init__(self, folder: Path, processes: ExitStack) -> None:
        self.address = ""
        self._folder = folder
        self._processes = processes

    def start(self) -> Self:
        """Start the scheduler."""
        file = self._folder / "scheduler.json"
        ways = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
        self._run("scheduler", *ways, "--scheduler-file", str(file))
        wait_until(lambda: file.exists() and file.read_text(encoding="utf-8").endswith("}"))
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            self.address = client.scheduler.address
        return self

    def workers(
        self, count: int, *ways: str, environ: Mapping[str, str] | None = None
    ) -> list[subprocess.Popen[bytes]]:
        """Start workers, and return them when the scheduler knows them."""
        with Client(self.address, set_as_default=False) as client:
            there = len(client.nthreads())
            started = [
                self._run("worker", self.address, *_WORKER, *ways, environ=environ)
                for _ in range(count)
            ]
            client.wait_for_workers(there + count, timeout=PATIENCE)
        return started

    def killer(self, renames: int) -> subprocess.Popen[bytes]:
        """Start a worker that is killed while it writes its n-th page."""
        script = self._folder / "killer.py"
        script.write_text(KILLER.format(renames=renames), encoding="utf-8")
        return self.workers(1, "--preload", str(script))[0]

    def _run(
        self, *words: str, environ: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *words],
            cwd=self._folder,
            env={**os.environ, **(environ or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.callback(process.wait, PATIENCE)
        self._processes.callback(process.kill)
        return process


@contextmanager
def scheduling(folder: Path) -> Iterator[Cluster]:
    """Provide a scheduler without workers."""
    with ExitStack() as processes:
        yield Cluster(folder, processes).start()
