"""Measure commands: CPU time of the process tree, wall time, and peak memory.

CPU time is user + system time as the kernel counts them for a process and all its descendants;
those that outlive the command are waited for and included. Peak memory is the larger of two
figures: the largest process (`ru_maxrss`), and the tree's proportional set size, sampled in a
separate run, so that a command gains nothing by spreading over processes. Keep the calling process
small: a child's `ru_maxrss` starts at that of its parent.
"""

from __future__ import annotations

import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_PR_SET_CHILD_SUBREAPER = 36
_SAMPLE_EVERY = 0.02
_SHOWN = 2000


@dataclass(frozen=True, slots=True)
class Usage:
    """What one run used, `cpu` and `wall` in seconds, `memory` in MB, and its exit code."""

    cpu: float
    wall: float
    memory: float
    code: int = 0

    def __str__(self) -> str:
        """Return the figures as one cell of a table."""
        cpu, wall, memory = map(number, (self.cpu, self.wall, self.memory))
        return f"{cpu} s CPU, {wall} s wall, {memory} MB"


def number(value: float) -> str:
    """Return a figure with about three significant digits, a count with all of them."""
    if value >= 100 or isinstance(value, int):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.095 else f"{value:.3f}"


def nothing() -> None:
    """Do nothing before a run."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command to time; `before` is called before each run, untimed; `codes` are expected exits.

    The files in the folder `reads` are also read before each run, so that every program finds them
    in memory, whatever ran before it and however long that took.
    """

    argv: Sequence[str | Path]
    cwd: Path | None = None
    codes: Sequence[int] = (0,)
    before: Callable[[], None] = nothing
    reads: Path | None = None
    environ: Mapping[str, str] = field(default_factory=dict)


class UnexpectedExitError(Exception):
    """Raised if a command exits with an unexpected code, so its figures mean nothing."""


def run(command: Command, *, sample: bool = False) -> Usage:
    """Run a command to its end; `sample` measures the memory of its process tree meanwhile."""
    _adopt_orphans()
    command.before()
    if command.reads is not None:
        _warm(command.reads)
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command.argv,
            cwd=command.cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment(command.environ),
        )
        peak = _watch() if sample else 0.0
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in command.codes:
            output.seek(max(0, output.seek(0, os.SEEK_END) - _SHOWN))
            tail = output.read().decode(errors="replace")
            name = " ".join(map(str, command.argv[:4]))
            raise UnexpectedExitError(f"{name} … ended with {process.returncode}:\n{tail}")
    cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    for orphan in _orphans():
        cpu += orphan[0]
        memory = max(memory, orphan[1])
    return Usage(cpu, wall, max(memory, peak), process.returncode)


def _warm(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 20):
                    pass


def alternating(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Usage]]:
    """Run each command once untimed, then all of them in turn, `rounds` times.

    With one round, there is no untimed run.
    """
    for command in commands.values() if rounds > 1 else ():
        run(command)
    results: dict[str, list[Usage]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            results[name].append(run(command))
    return results


def ratio(ours: Sequence[Usage], theirs: Sequence[Usage]) -> float:
    """Return the median of the CPU ratios of alternating runs."""
    return statistics.median(one.cpu / other.cpu for one, other in zip(ours, theirs, strict=True))


def median(runs: Sequence[Usage]) -> Usage:
    """Return the median of each figure, and the first exit code."""
    return Usage(
        statistics.median(each.cpu for each in runs),
        statistics.median(each.wall for each in runs),
        statistics.median(each.memory for each in runs),
        runs[0].code,
    )


def peak_memory(command: Command) -> float:
    """Return the peak memory of a command's process tree in MB."""
    return run(command, sample=True).memory


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of every command, and more."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "NO_COLOR": "1", "TZ": "UTC", **more}


def _adopt_orphans() -> None:
    """Become the parent of processes that outlive a command, so that they are counted."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _orphans() -> list[tuple[float, float]]:
    """Wait for processes that outlived a command; return the CPU and memory of each."""
    found: list[tuple[float, float]] = []
    while True:
        try:
            _, _, used = os.wait4(-1, 0)
        except ChildProcessError:
            return found
        found.append((used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))


def _watch() -> float:
    """Sample the memory of all descendants until one of them ends; return the peak in MB."""
    peak = 0.0
    while os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
        peak = max(peak, sum(map(_proportional, _descendants(os.getpid()))))
        time.sleep(_SAMPLE_EVERY)
    return peak


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found.extend(map(int, (thread / "children").read_text().split()))
    except (FileNotFoundError, ProcessLookupError):
        return []
    return found + [below for child in found for below in _descendants(child)]


def _proportional(pid: int) -> float:
    """Return a process's proportional set size in MB; 0 if it has just ended."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        pass
    return 0.0
