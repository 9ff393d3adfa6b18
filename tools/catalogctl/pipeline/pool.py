"""Spread work over the cores, and yield the results in the order of the input.

Processes are forked, so they inherit their input; only results are sent, through one pipe per
process. No lock is shared, so a process that ends at any moment, by any signal, never blocks
another one. A child dies with its parent, however the parent ends.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from catalogctl.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkProcess

Thing = TypeVar("Thing")
Result = TypeVar("Result")

WORTH_IT = 1500
"""The number of things below which starting processes costs more than it saves."""

CHUNK = 200
"""The number of things whose results are sent together, to save the overhead of each message."""

_PR_SET_PDEATHSIG = 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Child(NamedTuple):
    """A process and the parent's end of its pipe."""

    process: ForkProcess
    pipe: Any


class ChunkResults(NamedTuple):
    """The results of a chunk, up to the error that ended it, if any."""

    results: list[Any]
    error: BaseException | None = None


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[Thing], Result],
    things: Sequence[Thing],
    jobs: int | None = None,
    *,
    worth_it: int = WORTH_IT,
) -> Generator[Result, None, None]:
    """Yield `work(thing)` for each thing, in order; `jobs` processes, by default one per core.

    Chunks are assigned to the processes in turn, and read in the same order: a process that is far
    ahead waits until its pipe is read. Without fork or resources for children, or with fewer things
    than `worth_it`, this process does everything. Errors of `work` are raised here; leaving the
    iteration early ends the processes. Raise OutsideError if a process is ended from outside.
    """
    count = min(jobs or (cores() if len(things) >= worth_it else 1), len(things))
    children: list[_Child] = []
    try:
        if count > 1 and hasattr(os, "fork"):
            size = max(1, min(CHUNK, len(things) // (4 * count)))
            chunks = [things[start : start + size] for start in range(0, len(things), size)]
            if _start(children, count, work, chunks):
                for number in range(len(chunks)):
                    results, error = _received(children[number % count])
                    yield from results
                    if error is not None:
                        raise error
                return
        for thing in things:
            yield work(thing)
    finally:
        for child in children:
            child.process.kill()
        for child in children:
            child.process.join()
            child.pipe.close()


def _received(child: _Child) -> ChunkResults:
    try:
        packed = child.pipe.recv_bytes()
    except (EOFError, OSError):
        message = "a process of this run was ended from outside: is there too little memory?"
        raise OutsideError(message) from None
    sent: ChunkResults = pickle.loads(packed)  # noqa: S301  (our own child's)
    return sent


def _start(
    children: list[_Child],
    count: int,
    work: Callable[[Thing], Result],
    chunks: list[Sequence[Thing]],
) -> bool:
    """Start processes, with signals blocked until they have set up their handling.

    Return whether all of them were started: resources may be exhausted, and a child starts no
    processes.
    """
    from multiprocessing import Pipe, current_process, get_context

    if current_process().daemon:
        return False
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed at start
            stream.flush()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        for number in range(count):
            ours, theirs = Pipe(duplex=False)
            inherited = [*(child.pipe for child in children), ours]
            arguments = (work, chunks[number::count], theirs, inherited, os.getpid())
            process = get_context("fork").Process(target=_work, args=arguments, daemon=True)
            process.start()
            children.append(_Child(process, ours))
            theirs.close()
    except OSError:
        return False
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return True


def _work(
    work: Callable[[Any], Any],
    chunks: list[Sequence[Any]],
    pipe: Connection,
    inherited: list[Connection],
    parent: int,
) -> None:
    """Process some chunks in a child, and send the results of each."""
    for other in inherited:
        other.close()
    _start_child(parent)
    for chunk in chunks:
        try:
            pipe.send_bytes(work_on(work, chunk))
        except OSError:
            return


def work_on(work: Callable[[Any], Any], chunk: Sequence[Any]) -> bytes:
    """Return the pickled `ChunkResults` of a chunk."""
    done = ChunkResults([])
    try:
        for thing in chunk:
            done.results.append(work(thing))
    except BaseException as error:  # noqa: BLE001  (whatever it is, it is raised in the parent)
        done = ChunkResults(done.results, _sendable(error))
    return _packed(done)


def _packed(done: ChunkResults) -> bytes:
    """Return pickled results; `Connection.send` is slower, since its pickler is partly Python."""
    try:
        return pickle.dumps(done, pickle.HIGHEST_PROTOCOL)
    except Exception as unsendable:  # noqa: BLE001  (a result that can't be sent)
        return pickle.dumps(ChunkResults([], RuntimeError(repr(unsendable))))


def _sendable(error: BaseException) -> BaseException:
    """Return the error if it survives pickling, else one that describes it."""
    with suppress(Exception):  # whatever its class raises, it can't be sent
        if type(pickle.loads(pickle.dumps(error))) is type(error):  # noqa: S301  (our own bytes)
            return error
    return RuntimeError(f"{type(error).__name__}: {error}")


def _start_child(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when it ends, even by SIGKILL."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # The parent's objects stay; scanning them again and again took a quarter of a build.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
