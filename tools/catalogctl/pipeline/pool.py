"""Work and a list of things in, the results in the same order out: spread over the cores.

Processes are forked, so what the work needs is there without being sent; only the results travel,
each process's by a pipe of its own: no lock is shared, so a process that ends at any moment, by
any signal, keeps no other one waiting. A child dies with its parent, however the parent ends.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from catalogctl.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

Thing = TypeVar("Thing")
Result = TypeVar("Result")

WORTH_IT = 1500
"""Things below which starting processes costs more than it saves."""

CHUNK = 200
"""Things handed to a process at a time: fewer at a time cost the sending of each."""

AHEAD = 2
"""Chunks that a process is given at once, so that it never waits for the next."""

_PR_SET_PDEATHSIG = 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[Thing], Result],
    things: Sequence[Thing],
    jobs: int | None = None,
    *,
    worth_it: int = WORTH_IT,
) -> Iterator[Result]:
    """Yield `work(thing)` for each thing, in order; `jobs` processes, by default one a core.

    Without fork or room for children, or for fewer things than are worth it, all is done in this
    process. An error of the work is raised here; leaving the iteration early ends the processes.
    OutsideError: something ended a process from outside.
    """
    count = min(jobs or (cores() if len(things) >= worth_it else 1), len(things))
    size = max(1, min(CHUNK, len(things) // (4 * count))) if count > 1 else 1
    chunks = [things[start : start + size] for start in range(0, len(things), size)]
    workers = _started(work, chunks, count) if count > 1 and hasattr(os, "fork") else None
    if workers is None:
        yield from map(work, things)
        return
    try:
        yield from _results(len(chunks), [pipe for _, pipe in workers])
    finally:
        for process, pipe in workers:
            process.kill()
            process.join()
            pipe.close()


def _results(count: int, pipes: list[Connection]) -> Iterator[Any]:
    """Hand out the numbers of `count` chunks, and yield their results in order."""
    from multiprocessing.connection import wait

    waiting = iter(range(count))
    for _ in range(AHEAD):
        for pipe in pipes:
            _hand_out(pipe, waiting)
    done: dict[int, list[Any]] = {}
    for number in range(count):
        while number not in done:
            for ready in wait(pipes):
                chunk, results = _received(ready)
                done[chunk] = results
                _hand_out(ready, waiting)
        yield from done.pop(number)


def _hand_out(pipe: Any, waiting: Iterator[int]) -> None:
    chunk = next(waiting, None)
    if chunk is not None:
        try:
            pipe.send(chunk)
        except ConnectionError:
            raise OutsideError(_ENDED) from None


_ENDED = "a process of this run was ended from outside: is there too little memory?"


def _received(pipe: Any) -> tuple[int, list[Any]]:
    """Return what a process sent: the number of a chunk and its results; raise its error."""
    try:
        chunk, results, error = pipe.recv()
    except (EOFError, ConnectionError):
        raise OutsideError(_ENDED) from None
    if error is not None:
        raise error
    return chunk, results


def _started(
    work: Callable[[Thing], Result], chunks: list[Sequence[Thing]], count: int
) -> list[tuple[ForkProcess, Connection]] | None:
    """Start processes that meet no signal before they know what to do about it.

    None where the machine gives none: no more processes for this user.
    """
    from multiprocessing import Pipe, get_context

    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed before we began
            stream.flush()
    context = get_context("fork")
    workers: list[tuple[ForkProcess, Connection]] = []
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        for _ in range(count):
            ours, theirs = Pipe()
            arguments = (work, chunks, theirs, os.getpid())
            process = context.Process(target=_work_off, args=arguments, daemon=True)
            process.start()
            theirs.close()
            workers.append((process, ours))
    except OSError:
        for process, _ in workers:
            process.kill()
            process.join()
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return workers


def _work_off(
    work: Callable[[Any], Any], chunks: list[Sequence[Any]], pipe: Connection, parent: int
) -> None:
    """Do, in a child, the chunks whose numbers come by the pipe, until no more come."""
    _start_child(parent)
    while True:
        try:
            chunk = pipe.recv()
        except (EOFError, ConnectionError):
            return
        try:
            pipe.send((chunk, [work(thing) for thing in chunks[chunk]], None))
        except BrokenPipeError:
            return
        except Exception as error:  # noqa: BLE001  (whatever it is, it is raised in the parent)
            try:
                pipe.send((chunk, [], error))
            except Exception:  # noqa: BLE001  (an error that can't be sent is told in words)
                pipe.send((chunk, [], RuntimeError(repr(error))))


def _start_child(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when it ends, even by SIGKILL."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # What the parent holds stays; looking at all of it again and again took a quarter of a build.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
