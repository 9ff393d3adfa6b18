"""`catalogctl` as a process: what it prints to which stream, and what it ends with.

Python takes longer to start and to import catalogctl than most commands take to run. So `run` forks
them from one process that has imported what the commands import, and has done nothing else.
"""

from __future__ import annotations

import multiprocessing
import os
import pty
import runpy
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from multiprocessing.context import ForkServerContext

SECONDS = 120
COMMAND = (sys.executable, "-m", "catalogctl")
IMPORTED = (
    "catalogctl.calls",
    "catalogctl.cli.main",
    "catalogctl.pipeline.build",
    "catalogctl.pipeline.check",
    "catalogctl.pipeline.resolve_catalog",
    "catalogctl.pipeline.working_tree",
    "catalogctl.trust.trusted_reader",
)
"""Modules that most commands import in the end, each of which imports many others."""


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
    """Run catalogctl to its end, without a terminal.

    An environment that changes how Python itself starts gets an interpreter of its own.
    """
    environ = dict(os.environ if env is None else env)
    if _read_at_start(environ) != _read_at_start(os.environ):
        return _run_anew(arguments, cwd, environ, stdin)
    with tempfile.TemporaryDirectory() as name:
        streams = Path(name)
        (streams / "0").write_text(stdin, encoding="utf-8")
        work = (tuple(map(str, arguments)), cwd or Path.cwd(), environ, streams)
        child = _starter().Process(target=_work, args=work)
        child.start()
        child.join(SECONDS)
        if child.exitcode is None:
            child.kill()
            raise subprocess.TimeoutExpired([*COMMAND, *map(str, arguments)], SECONDS)
        out, err = ((streams / each).read_text(encoding="utf-8") for each in ("1", "2"))
        return Done(child.exitcode, out, err)


def _read_at_start(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that Python reads when it starts."""
    names = ("PYTHON", "LC_", "LANG")
    return {name: value for name, value in environ.items() if name.startswith(names)}


def _run_anew(
    arguments: tuple[str | Path, ...], cwd: Path | None, environ: dict[str, str], stdin: str
) -> Done:
    command = [*COMMAND, *map(str, arguments)]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        cwd=cwd,
        env=environ,
        input=stdin.encode(),
        timeout=SECONDS,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


@cache
def _starter() -> ForkServerContext:
    """Return what starts processes by forking one that has the modules."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*IMPORTED, __name__])
    return context


def _work(arguments: tuple[str, ...], cwd: Path, environ: dict[str, str], streams: Path) -> None:
    """Become catalogctl: with its streams, folder and environment."""
    for number, flags in enumerate((os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT] * 2)):
        file = os.open(streams / str(number), flags, 0o600)
        os.dup2(file, number)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115  (open to the end)
        for number, mode in enumerate("rww")
    )
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(cwd)
    sys.argv = ["catalogctl", *arguments]
    runpy.run_module("catalogctl", run_name="__main__", alter_sys=True)


def on_terminal(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    columns: int = 80,
    typed: str = "",
) -> Done:
    """Run catalogctl with a terminal of its own, at which `typed` is the answer to each prompt."""
    ours, theirs = pty.openpty()
    environ = {"TERM": "xterm-256color", **(env or environment()), "COLUMNS": str(columns)}
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=cwd,
        env=environ,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        pieces: list[bytes] = []
        while piece := _read(ours):
            pieces.append(piece)
            if typed and piece.endswith(b": "):
                os.write(ours, f"{typed}\n".encode())
        code = process.wait(SECONDS)
    os.close(ours)
    return Done(code, b"".join(pieces).decode().replace("\r\n", "\n"))


def _read(terminal: int) -> bytes:
    """Return what the process wrote; nothing when it closed its side."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
