"""Run work in threads that end with the process, and yield results as they come.

They are daemons: Ctrl-C does not wait for a registry that is slow to answer.
"""

from __future__ import annotations

import threading
from collections import deque
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

Thing = TypeVar("Thing")
Result = TypeVar("Result")
Key = TypeVar("Key", bound="Hashable")
_TICK = 0.2


def by_group(
    work: Callable[[Thing], Result],
    groups: Sequence[Sequence[Thing]],
    threads: int,
    tick: Callable[[], None] = lambda: None,
) -> Iterator[Result]:
    """Yield `work(thing)` for every thing of every group, in the order in which they are done.

    Each group has so many threads of its own, so that a slow one holds up no other. `tick` is
    called while nothing is done.
    """
    done: SimpleQueue[Result | BaseException] = SimpleQueue()
    for group in groups:
        waiting = deque(group)
        for _ in range(min(threads, len(group))):
            _start(_drain, waiting, work, done.put)
    for _ in range(sum(map(len, groups))):
        result = _next(done, tick)
        if isinstance(result, BaseException):
            raise result
        yield result


def _next(
    done: SimpleQueue[Result | BaseException], tick: Callable[[], None]
) -> Result | BaseException:
    while True:
        try:
            return done.get(timeout=_TICK)
        except Empty:
            tick()


def together(
    work: Callable[[Key], Result], keys: Sequence[Key], threads: int
) -> tuple[Mapping[Key, Result], BaseException | None]:
    """Return `work(key)` by key and the first error, after which nothing more is begun."""
    waiting, results, errors = deque(keys), dict[Key, Result](), list[BaseException]()

    def one(key: Key) -> None:
        if not errors:
            results[key] = work(key)

    def tell(result: BaseException | None) -> None:
        if result is not None:
            errors.append(result)

    others = [_start(_drain, waiting, one, tell) for _ in range(min(threads, len(keys)) - 1)]
    _drain(waiting, one, tell)
    for other in others:
        other.join()
    return results, errors[0] if errors else None


def _start(target: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def _drain(
    waiting: deque[Thing],
    work: Callable[[Thing], Result],
    tell: Callable[[Result | BaseException], None],
) -> None:
    """Do what is waiting until nothing is; an error is a result for the one who asked."""
    while True:
        try:
            thing = waiting.popleft()
        except IndexError:
            return
        try:
            tell(work(thing))
        except BaseException as error:  # noqa: BLE001  (raised again in the thread that asked)
            tell(error)
