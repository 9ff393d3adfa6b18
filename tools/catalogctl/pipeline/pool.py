"""Work and a list of things in, the results in the same order out: spread over the cores.

Processes are forked, so what the work needs is there without being sent; only the results travel.
A child dies with its parent, however the parent ends.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.pool import Pool

Thing = TypeVar("Thing")
Result = TypeVar("Result")

WORTH_IT = 1500
"""Things below which starting processes costs more than it saves."""

CHUNK = 50

_PR_SET_PDEATHSIG = 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_work: Callable[[Any], Any] | None = None


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[Thing], Result], things: Sequence[Thing], jobs: int | None = None
) -> Iterator[Result]:
    """Yield `work(thing)` for each thing, in order; `jobs` processes, by default one a core.

    Without fork or room for children, or for few things, all is done in this process. An error of
    the work is raised here; leaving the iteration early ends the processes.
    """
    count = jobs or (cores() if len(things) >= WORTH_IT else 1)
    if count <= 1 or len(things) < 2 or "fork" not in multiprocessing.get_all_start_methods():  # noqa: PLR2004  (one thing needs no second process)
        yield from map(work, things)
        return
    global _work  # noqa: PLW0603  (how a forked child finds the work: it can't be pickled)
    before, _work = _work, work
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed before we began
            stream.flush()
    try:
        pool = _started(count)
        if pool is None:
            yield from map(work, things)
            return
        with pool:
            yield from pool.imap(_do, things, chunksize=CHUNK)
    finally:
        _work = before


def _started(count: int) -> Pool | None:
    """Return a pool whose children meet no signal before they know what to do about it.

    None where the machine gives none: no room in /dev/shm, no more processes for this user.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        return multiprocessing.get_context("fork").Pool(count, _start_child, (os.getpid(),))
    except OSError:
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_child(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when it ends, even by SIGKILL."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # What the parent holds stays; looking at all of it again and again took a quarter of a build.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def _do(thing: Any) -> Any:
    if _work is None:
        raise RuntimeError("a worker was started without work")
    return _work(thing)
