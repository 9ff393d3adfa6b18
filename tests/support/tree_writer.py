"""A process that builds small trees, for tests that kill it, hold it up or fill its disk.

`tree_writer.py OUT MODE …`: every file of an edition begins with its name, so a mixture shows.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.errors import CatalogctlError
from catalogctl.files import StagedTree, swap
from catalogctl.pipeline.pool import spread
from catalogctl.publish.manifest import manifest
from catalogctl.publish.verify import verify_folder

if TYPE_CHECKING:
    from typing import NoReturn

_EVENTS = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "open", "os.listdir"})


def build(out: Path, edition: str, count: int, *, wait: float = 0, hold: bool = False) -> None:
    """Build one edition of so many files; held, wait for a line before the swap."""
    with StagedTree(out, wait=wait, tell=say, durable=False) as tree:
        data = f"{edition} {'x' * 1000}".encode()
        rows = [tree.write(f"d{n % 7}/{n}.txt", data) for n in range(count)]
        tree.write("manifest.json", manifest(rows))
        if hold:
            say("holding")
            sys.stdin.readline()
        tree.commit()


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201  (a script)


def kill_at(count: int) -> None:
    """Kill this process at the n-th time that it touches a folder from now on."""
    left = count

    def hook(event: str, _arguments: object) -> None:
        nonlocal left
        if event in _EVENTS:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def without_exchange() -> None:
    """Act as on a system that can't exchange two names."""

    def exchange(_folder: int, _one: str, _other: str) -> NoReturn:
        raise OSError(errno.ENOSYS, "")

    setattr(swap, "exchange", exchange)  # noqa: B010  (a function of another type)


def build_with_workers(out: Path, edition: str, count: int) -> None:
    """Build an edition whose files are written by two processes."""
    with StagedTree(out, wait=0) as tree:
        data = f"{edition} {'x' * 1000}".encode()
        paths = [f"{n % 3}/{n % 5}/{n}.txt" for n in range(count)]
        rows = list(spread(lambda path: tree.write(path, data), paths, jobs=2))
        tree.write("manifest.json", manifest(rows))
        tree.commit()


def orphan() -> None:
    """Leave a child behind that lives until stdin ends."""
    if os.fork() == 0:
        sys.stdin.readline()
        os._exit(0)


def main(out: Path, mode: str, *arguments: str) -> None:
    """Build as the mode says."""
    match mode:
        case "once":
            build(out, arguments[0], int(arguments[1]))
        case "wait":
            build(out, arguments[0], 50, wait=30)
        case "workers":
            build_with_workers(out, arguments[0], int(arguments[1]))
        case "hold":
            build(out, arguments[0], 50, hold=True)
        case "loop":
            say("begun")
            while True:
                build(out, str(time.monotonic_ns()), 200)
        case "killed":
            kill_at(int(arguments[0]))
            build(out, "new", 3)
        case "killed-without-exchange":
            without_exchange()
            kill_at(int(arguments[0]))
            build(out, "new", 3)
        case "orphan":
            with StagedTree(out):
                orphan()
                say("holding")
                time.sleep(60)
        case "verify":
            say(f"{verify_folder(out)} {sorted(path.name for path in out.parent.iterdir())}")
        case _:
            raise ValueError(mode)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), *sys.argv[2:])
    except CatalogctlError as error:
        say(f"{error}")
        sys.exit(error.exit_code)
