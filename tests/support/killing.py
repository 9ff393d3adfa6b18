"""Work in a child process of its own, killed at its n-th step on the disk or left to end."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

STEPS = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "open", "os.scandir"})
KILLED = -signal.SIGKILL


def start(work: Callable[[], int]) -> int:
    """Start a child that does the work and ends with what it returns; return its process id."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        code = work()
    except BaseException:  # noqa: BLE001  (a child must not go on in the test's code)
        traceback.print_exc()
    finally:
        os._exit(code)


def end(child: int) -> int:
    """Return how a child ended: its exit code, negative the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at(count: int, steps: Collection[str] = STEPS) -> None:
    """Kill this process at the n-th of these steps on the disk from now on."""
    left = count

    def hook(event: str, _arguments: object) -> None:
        nonlocal left
        if event in steps:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
