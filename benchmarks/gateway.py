"""Measure `catalogctl gateway`: its start, its memory, and how long calls take, alone and together.

The clients are separate processes (`gateway_clients.py`), on the machine of the gateway.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import measure, peers, places
from benchmarks.measure import number
from benchmarks.table import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.scope import Scope

SMALL = 26
_READY = re.compile(r"ready grpc=(\S+) http=(\S+)")
_CLIENTS = Path(__file__).with_name("gateway_clients.py")
_LIMITS = {
    "start": (3000.0, " ms"),
    "memory": (300.0, " MB"),
    "get p50": (1.0, " ms"),
    "get p99": (3.0, " ms"),
    "get by HTTP p50": (2.0, " ms"),
    "list 20 p50": (10.0, " ms"),
    "keyword p50": (100.0, " ms"),
    "stat p50": (15.0, " ms"),
    "all p50": (150.0, " ms"),
    "get p99 beside 8 keyword clients": (60.0, " ms"),
    "longest get in a refresh": (300.0, " ms"),
}
_RATE = 1500.0


@dataclass
class Gateway:
    """A running gateway: its addresses, and how long it took to be ready."""

    process: subprocess.Popen[str]
    grpc: str
    http: str
    seconds: float
    log: Path

    def wait_for_edition(self) -> None:
        """Wait until the log says that a new edition is served."""
        while b'"edition"' not in self.log.read_bytes():
            if self.process.poll() is not None:
                raise RuntimeError("the gateway ended while it loaded an edition")
            time.sleep(0.05)

    @property
    def memory(self) -> float:
        """The memory of the process in MB, as the kernel counts its pages."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def rows(scope: Scope) -> Iterator[Row]:
    """Yield the rows of the shipped catalog and of a large one, each with its limit."""
    for plugins, catalog in ((SMALL, peers.ROOT / "catalog"), (scope.plugins, None)):
        folder = places.fresh(f"gateway-{plugins}")
        tree = folder / "tree"
        build(catalog or places.catalog(plugins), tree)
        with running(tree, folder) as gateway:
            yield from _rows(gateway, plugins, scope.rounds)
            yield _row("longest get in a refresh", _refreshed(gateway, tree), plugins)
        shutil.rmtree(folder)


def _rows(gateway: Gateway, plugins: int, rounds: int) -> Iterator[Row]:
    yield _row("start", gateway.seconds * 1000, plugins)
    yield _row("memory", gateway.memory, plugins)
    calls = 100 * rounds
    for name, count in (
        ("get", calls),
        ("get by HTTP", calls),
        ("list 20", calls // 10),
        ("keyword", calls // 10),
        ("stat", calls // 10),
        ("all", calls // 10),
    ):
        found = _client(gateway, name, count)
        yield _row(f"{name} p50", found["p50"], plugins)
        if name == "get":
            yield _row("get p99", found["p99"], plugins)
    rate = _client(gateway, "rate", 4 * calls)["rate"]
    what = f"gateway {plugins:,}: get, calls a second"
    yield Row(what, number(rate), "-", rate, _RATE, None, "/s", at_least=True)
    with _heavy(gateway, 8):
        found = _client(gateway, "get", calls)
    yield _row("get p99 beside 8 keyword clients", found["p99"], plugins)


def _row(what: str, figure: float, plugins: int) -> Row:
    limit, unit = _LIMITS[what]
    named, ours = f"gateway {plugins:,}: {what}", f"{number(figure)}{unit}"
    return Row(named, ours, "-", figure, limit, None, unit)


def build(catalog: Path, tree: Path) -> None:
    """Build a catalog into a tree."""
    command = (peers.catalogctl(), "build", "--quiet", "--catalog", catalog, "--out", tree)
    subprocess.run(command, check=True, capture_output=True, env=measure.environment({}))


@contextmanager
def running(tree: Path, folder: Path) -> Iterator[Gateway]:
    """Run a gateway of a tree until the context ends."""
    ports = ("--grpc-port", "0", "--http-port", "0", "--refresh", "0.5", "--drain", "0")
    command = (peers.catalogctl(), "gateway", "--from", tree, *ports)
    began = time.perf_counter()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        found = _READY.match(line)
        if found is None:
            raise RuntimeError(f"gateway ended: {(folder / 'log').read_text(encoding='utf-8')}")
        seconds = time.perf_counter() - began
        yield Gateway(process, found[1], found[2], seconds, folder / "log")
    finally:
        process.terminate()
        process.wait()


def client_command(gateway: Gateway, name: str, count: int) -> Sequence[str | Path]:
    """Return the command of a client that makes so many calls."""
    return (sys.executable, _CLIENTS, gateway.grpc, gateway.http, name, str(count))


def _client(gateway: Gateway, name: str, count: int) -> dict[str, float]:
    """Return the figures of a client that calls so often."""
    command = client_command(gateway, name, max(count, 1))
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


@contextmanager
def _heavy(gateway: Gateway, clients: int) -> Iterator[None]:
    """Keep so many clients busy with queries by a keyword until the context ends."""
    command = client_command(gateway, "heavy", clients)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None or process.stdout.readline() != "busy\n":
            raise RuntimeError("the clients with keywords could not begin")
        yield
    finally:
        process.kill()
        process.wait()


def _refreshed(gateway: Gateway, tree: Path) -> float:
    """Return the longest time in milliseconds that a `get` takes while a new edition is loaded."""
    command = client_command(gateway, "watch", 1)
    watch = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    time.sleep(1)
    index = tree / "index.json"
    newer = json.loads(index.read_bytes())
    newer["now"] = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    index.with_name("index.new").write_text(json.dumps(newer), encoding="utf-8")
    index.with_name("index.new").replace(index)
    gateway.wait_for_edition()
    out, _ = watch.communicate()
    return float(json.loads(out)["max"])
