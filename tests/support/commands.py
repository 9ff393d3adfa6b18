"""`catalogctl` as a process: what it prints to which stream, and what it ends with."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 120
COMMAND = (sys.executable, "-m", "catalogctl")


class Done(NamedTuple):
    """How a run ended; on a terminal both streams are `out`."""

    code: int
    out: str
    err: str = ""


def environment(**changes: str | None) -> dict[str, str]:
    """Return this process's environment with changes; None takes a variable away."""
    environ = {
        name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")
    }
    for name, value in changes.items():
        environ.pop(name, None)
        if value is not None:
            environ[name] = value
    return environ


def run(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> Done:
    """Run catalogctl to its end, without a terminal."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        check=False,
        capture_output=True,
        cwd=cwd,
        env=env,
        input=stdin.encode(),
        timeout=SECONDS,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def on_terminal(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    columns: int = 80,
) -> Done:
    """Run catalogctl with a terminal of its own as stdin, stdout and stderr."""
    ours, theirs = pty.openpty()
    environ = {"TERM": "xterm-256color", **(env or environment()), "COLUMNS": str(columns)}
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=cwd,
        env=environ,
    ) as process:
        os.close(theirs)
        pieces: list[bytes] = []
        while piece := _read(ours):
            pieces.append(piece)
        code = process.wait(SECONDS)
    os.close(ours)
    return Done(code, b"".join(pieces).decode().replace("\r\n", "\n"))


def _read(terminal: int) -> bytes:
    """Return what the process wrote; nothing when it closed its side."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
