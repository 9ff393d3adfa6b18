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
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from catalogctl.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

Thing = TypeVar("Thing")
Result = TypeVar("Result")

WORTH_IT = 1500
"""Things below which starting processes costs more than it saves."""

TOGETHER = 10
"""Things that a step takes at a time where there are several: its code and what it looks up stay
in the processor's nearest memory, which makes a build a twelfth quicker; of more, the things
themselves no longer do."""

CHUNK = 200
"""Things handed to a process at a time: fewer at a time cost the sending of each."""

AHEAD = 2
"""Chunks that a process is given at once, so that it never waits for the next."""

KEPT = 8
"""Chunks for each process that are done, or being done, before their turn has come."""

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
    chunk: int = CHUNK,
) -> Generator[Result, None, None]:
    """Yield `work(thing)` for each thing, in order; `jobs` processes, by default one a core.

    Without fork or room for children, or for fewer things than are worth it, all is done in this
    process. An error of the work is raised here; leaving the iteration early ends the processes.
    OutsideError: something ended a process from outside.
    """
    count = min(jobs or (cores() if len(things) >= worth_it else 1), len(things))
    workers: list[_Worker] = []
    try:
        if count > 1 and hasattr(os, "fork"):
            size = max(1, min(chunk, len(things) // (4 * count)))
            chunks = [things[start : start + size] for start in range(0, len(things), size)]
            if _start(workers, count, work, chunks):
                yield from _results(len(chunks), workers)
                return
        for thing in things:
            yield work(thing)
    finally:
        for worker in workers:
            worker.process.kill()
        for worker in workers:
            worker.process.join()
            worker.pipe.close()


def spread_together(
    work: Callable[[Sequence[Thing]], Sequence[Result]],
    things: Sequence[Thing],
    jobs: int | None = None,
    *,
    worth_it: int = WORTH_IT,
) -> Iterator[Result]:
    """Yield a result for each thing, as `spread`; `work` returns those of some things at a time."""
    groups = [things[at : at + TOGETHER] for at in range(0, len(things), TOGETHER)]
    results = spread(work, groups, jobs, worth_it=worth_it // TOGETHER, chunk=CHUNK // TOGETHER)
    return chain.from_iterable(results)


@dataclass(slots=True)
class _Worker:
    """A child, our end of its pipe, and how many chunks it owes."""

    process: ForkProcess
    pipe: Any
    owes: int = 0


def _results(count: int, workers: list[_Worker]) -> Iterator[Any]:
    """Hand out the numbers of `count` chunks, and yield their results in order."""
    from multiprocessing.connection import wait

    by_pipe = {worker.pipe: worker for worker in workers}
    free = deque(workers * AHEAD)
    done: dict[int, tuple[list[Any], BaseException | None]] = {}
    handed_out = 0
    for number in range(count):
        while True:
            while free and handed_out < min(count, number + KEPT * len(workers)):
                _hand_out(free.popleft(), handed_out)
                handed_out += 1
            if number in done:
                break
            for pipe in wait([pipe for pipe, worker in by_pipe.items() if worker.owes]):
                worker = by_pipe[pipe]
                chunk, results, error = _received(worker)
                done[chunk] = results, error
                free.append(worker)
        results, error = done.pop(number)
        yield from results
        if error is not None:
            raise error


_ENDED = "a process of this run was ended from outside: is there too little memory?"


def _hand_out(worker: _Worker, chunk: int) -> None:
    try:
        worker.pipe.send(chunk)
    except OSError:
        raise OutsideError(_ENDED) from None
    worker.owes += 1


def _received(worker: _Worker) -> tuple[int, list[Any], BaseException | None]:
    """Return what a process sent: the number of a chunk, its results, and what ended them early."""
    import pickle

    try:
        packed = worker.pipe.recv_bytes()
    except (EOFError, OSError):
        raise OutsideError(_ENDED) from None
    worker.owes -= 1
    sent: tuple[int, list[Any], BaseException | None] = pickle.loads(packed)  # noqa: S301  (ours)
    return sent


def _start(
    workers: list[_Worker],
    count: int,
    work: Callable[[Thing], Result],
    chunks: list[Sequence[Thing]],
) -> bool:
    """Start processes that meet no signal before they know what to do about it.

    Say whether there are all of them: a machine may give no more, and a child starts no others.
    """
    from multiprocessing import Pipe, current_process, get_context

    if current_process().daemon:
        return False
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed before we began
            stream.flush()
    context = get_context("fork")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        for _ in range(count):
            ours, theirs = Pipe()
            inherited = [*(worker.pipe for worker in workers), ours]
            arguments = (work, chunks, theirs, inherited, os.getpid())
            process = context.Process(target=_work_off, args=arguments, daemon=True)
            process.start()
            workers.append(_Worker(process, ours))
            theirs.close()
    except OSError:
        return False
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return True


def _work_off(
    work: Callable[[Any], Any],
    chunks: list[Sequence[Any]],
    pipe: Connection,
    inherited: list[Connection],
    parent: int,
) -> None:
    """Do, in a child, the chunks whose numbers come by the pipe, until no more come."""
    for other in inherited:
        other.close()
    _start_child(parent)
    while True:
        try:
            chunk = pipe.recv()
        except (EOFError, OSError):
            return
        results: list[Any] = []
        error: BaseException | None = None
        try:
            for thing in chunks[chunk]:
                results.append(work(thing))  # noqa: PERF401  (what is done before an error counts)
        except BaseException as raised:  # noqa: BLE001  (whatever it is, it is raised in the parent)
            error = _sendable(raised)
        try:
            pipe.send_bytes(_packed(chunk, results, error))
        except OSError:
            return


def _packed(chunk: int, results: list[Any], error: BaseException | None) -> bytes:
    """Return what travels; not by `Connection.send`, which asks Python about each value's type."""
    import pickle

    try:
        return pickle.dumps((chunk, results, error), pickle.HIGHEST_PROTOCOL)
    except Exception as unsendable:  # noqa: BLE001  (a result that can't be sent)
        return pickle.dumps((chunk, [], RuntimeError(repr(unsendable))))


def _sendable(error: BaseException) -> BaseException:
    """Return the error if it arrives as itself; else one that tells it in words."""
    import pickle

    with suppress(Exception):  # whatever its class does, it can't be sent
        if type(pickle.loads(pickle.dumps(error))) is type(error):  # noqa: S301  (our own bytes)
            return error
    return RuntimeError(f"{type(error).__name__}: {error}")


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
