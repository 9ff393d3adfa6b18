"""A whole command in, its exit code, output, CPU time and peak memory out.

The command runs in a process of its own: its memory is that of one `catalogctl`, not of the tests.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

from support.commands import environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SECONDS = 100

_STARTER = """
import json, os, resource, subprocess, sys
command, out, error, seconds = json.loads(sys.argv[1])
with open(out, "wb") as stdout, open(error, "wb") as stderr:
    try:
        code = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, timeout=seconds
        ).returncode
    except subprocess.TimeoutExpired:
        code = None
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""
"""The kernel counts a starter's memory as its child's until the child's own program runs, so a
small process starts the command."""


class Measured(NamedTuple):
    """How a command ended: its exit code (None: not in time), what it said, seconds and KiB."""

    code: int | None
    out: str
    err: str
    seconds: float
    peak: int


def measure(arguments: Sequence[str], *, cwd: Path, scratch: Path) -> Measured:
    """Run catalogctl to its end, or until it takes too long, and return what it took.

    `scratch` is a folder outside the catalog for its output.
    """
    out, error = scratch / "stdout", scratch / "stderr"
    command = [sys.executable, "-m", "catalogctl", *arguments]
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-c",
            _STARTER,
            json.dumps([command, str(out), str(error), SECONDS]),
        ],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        check=True,
    )
    code, seconds, peak = json.loads(done.stdout)
    said, told = (file.read_bytes().decode("utf-8", "replace") for file in (out, error))
    return Measured(code, said, told, seconds, peak)
