"""Run work in threads that end with the process, and yield results as they come.

The threads are daemons, so Ctrl-C does not wait for a slow registry.
"""

from __future__ import annotations

import threading
from collections import deque
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Thing = TypeVar("Thing")
Result = TypeVar("Result")
_TICK = 0.2


def by_group(
    work: Callable[[Thing], Result],
    groups: Sequence[Sequence[Thing]],
    threads: int,
    tick: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """Yield `work(thing)` for every thing in every group, in order of completion.

    Each group has its own `threads` threads, so a slow group does not delay the others. `tick` is
    called while nothing completes. An error in a thread is raised here, and no further work starts.
    """
    done: SimpleQueue[Result | BaseException] = SimpleQueue()
    queues = [deque(group) for group in groups]
    for waiting in queues:
        for _ in range(min(threads, len(waiting))):
            threading.Thread(target=_drain, args=(waiting, work, done.put), daemon=True).start()
    try:
        for _ in range(sum(map(len, groups))):
            result = _next(done, tick)
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        for waiting in queues:
            waiting.clear()


def _next(
    done: SimpleQueue[Result | BaseException], tick: Callable[[], None]
) -> Result | BaseException:
    while True:
        try:
            return done.get(timeout=_TICK)
        except Empty:
            tick()


def _drain(
    waiting: deque[Thing],
    work: Callable[[Thing], Result],
    put: Callable[[Result | BaseException], None],
) -> None:
    """Process the waiting things until none are left; put an error as a result, too."""
    while True:
        try:
            thing = waiting.popleft()
        except IndexError:
            return
        try:
            put(work(thing))
        except BaseException as error:  # noqa: BLE001  (raised again by by_group)
            put(error)
