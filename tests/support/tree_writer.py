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
from catalogctl.files import StagedTree, row, swap
from catalogctl.pipeline.pool import spread
from catalogctl.publish.manifest import manifest
from catalogctl.publish.verify import verify_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn

_EVENTS = frozenset(
    {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "open", "os.listdir"}
)
_SAME = {f"same/{n % 2}/{n}.html": b"as ever" for n in range(4)}


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


def build_in_turn(out: Path, edition: str) -> None:
    """Build one edition that keeps the files that are in every edition."""
    with StagedTree(out, wait=0, tell=say, durable=False) as tree:
        kept = tree.signatures(_SAME)
        tree.keep_all({path: each.inode for path, each in kept.items()})
        data = f"{edition} {'x' * 1000}".encode()
        new = {"same/0/other.txt": data, f"only/{edition}/new.txt": data}
        new |= {path: _SAME[path] for path in _SAME.keys() - kept.keys()}
        rows = [row(path, _SAME[path]) for path in kept]
        rows += [tree.write(*file) for file in new.items()]
        tree.write("manifest.json", manifest(rows))
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


def orphan(out: Path) -> None:
    """Hold the lock, with a child that lives until stdin ends."""
    with StagedTree(out):
        if os.fork() == 0:
            sys.stdin.readline()
            os._exit(0)
        say("holding")
        time.sleep(60)


def loop(out: Path) -> None:
    """Build one edition after the other, until killed."""
    say("begun")
    while True:
        build(out, str(time.monotonic_ns()), 200)


def loop_in_turn(out: Path) -> None:
    """Like `loop`, with what the editions have in common kept."""
    say("begun")
    while True:
        build_in_turn(out, str(time.monotonic_ns()))


def killed(out: Path, count: str, *, exchange: bool = True, in_turn: bool = False) -> None:
    """Build until the n-th step."""
    if not exchange:
        without_exchange()
    kill_at(int(count))
    if in_turn:
        build_in_turn(out, "new")
    else:
        build(out, "new", 3)


def verify(out: Path) -> None:
    """Print what differs in a tree, and what lies beside it."""
    say(f"{verify_folder(out)} {sorted(path.name for path in out.parent.iterdir())}")


MODES: dict[str, Callable[..., None]] = {
    "once": lambda out, edition, count: build(out, edition, int(count)),
    "workers": lambda out, edition, count: build_with_workers(out, edition, int(count)),
    "wait": lambda out, edition: build(out, edition, 50, wait=30),
    "hold": lambda out, edition: build(out, edition, 50, hold=True),
    "loop": loop,
    "loop-in-turn": loop_in_turn,
    "once-in-turn": build_in_turn,
    "killed": killed,
    "killed-without-exchange": lambda out, count: killed(out, count, exchange=False),
    "killed-in-turn": lambda out, count: killed(out, count, in_turn=True),
    "killed-in-turn-without-exchange": lambda out, count: killed(
        out, count, exchange=False, in_turn=True
    ),
    "orphan": orphan,
    "verify": verify,
}


if __name__ == "__main__":
    try:
        MODES[sys.argv[2]](Path(sys.argv[1]), *sys.argv[3:])
    except CatalogctlError as error:
        say(f"{error}")
        sys.exit(error.exit_code)
