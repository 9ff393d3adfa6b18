"""Spread work over the cores, and yield its results in the order of the things worked on.

Processes are forked, so what the work needs is there without being sent; only the results travel,
each process's by a pipe of its own. No lock is shared, so a process that ends at any moment, by any
signal, keeps no other one waiting. A child dies with its parent, however the parent ends.
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
"""Things below which starting processes costs more than it saves."""

CHUNK = 200
"""Things whose results are sent at a time: fewer at a time cost the sending of each."""

_PR_SET_PDEATHSIG = 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Child(NamedTuple):
    """A process, and our end of its pipe."""

    process: ForkProcess
    pipe: Any


class _ChunkResults(NamedTuple):
    """What came of a chunk: its results, up to the error that ended them."""

    results: list[Any]
    error: BaseException | None = None


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[Thing], Result],
    things: Sequence[Thing],
    jobs: int | None = None,
    *,
    worth_it: int = WORTH_IT,
) -> Generator[Result, None, None]:
    """Yield `work(thing)` for each thing, in order; `jobs` processes, by default one a core.

    The chunks are dealt to the processes in turn, and read in the same turn: one that is far ahead
    waits until its pipe is read. Without fork or room for children, or for fewer things than are
    worth it, all is done in this process. An error of the work is raised here; leaving the
    iteration early ends the processes. OutsideError: something ended a process from outside.
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


def _received(child: _Child) -> _ChunkResults:
    try:
        packed = child.pipe.recv_bytes()
    except (EOFError, OSError):
        message = "a process of this run was ended from outside: is there too little memory?"
        raise OutsideError(message) from None
    sent: _ChunkResults = pickle.loads(packed)  # noqa: S301  (our own child's)
    return sent


def _start(
    children: list[_Child],
    count: int,
    work: Callable[[Thing], Result],
    chunks: list[Sequence[Thing]],
) -> bool:
    """Start processes that meet no signal before they know what to do about it.

    Return whether all of them could be started: a machine may give no more, and a child starts no
    others.
    """
    from multiprocessing import Pipe, current_process, get_context

    if current_process().daemon:
        return False
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed before we began
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
    """Do, in a child, some chunks, and send the results of each."""
    for other in inherited:
        other.close()
    _start_child(parent)
    for chunk in chunks:
        done = _ChunkResults([])
        try:
            for thing in chunk:
                done.results.append(work(thing))
        except BaseException as error:  # noqa: BLE001  (whatever it is, it is raised in the parent)
            done = _ChunkResults(done.results, _sendable(error))
        try:
            pipe.send_bytes(_packed(done))
        except OSError:
            return


def _packed(done: _ChunkResults) -> bytes:
    """Return what travels; not by `Connection.send`, which asks Python about each value's type."""
    try:
        return pickle.dumps(done, pickle.HIGHEST_PROTOCOL)
    except Exception as unsendable:  # noqa: BLE001  (a result that can't be sent)
        return pickle.dumps(_ChunkResults([], RuntimeError(repr(unsendable))))


def _sendable(error: BaseException) -> BaseException:
    """Return the error if it arrives as itself, else one that describes it."""
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
