"""Work on the plugins of a build on a Dask cluster: its scheduler and workers, none of ours.

Dask does a chunk again whose worker is lost. Only what was packed is sent, and only results come
back; workers read the catalog and write the tree themselves (docs/scale.md).
"""

from __future__ import annotations

import logging
import pickle
import socket
from collections import deque
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from distributed import Client, Future

from catalogctl.errors import OutsideError
from catalogctl.pipeline.epochs import Installation, installation
from catalogctl.pipeline.pool import CHUNK, ChunkResults, work_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Self

    from catalogctl.pipeline.executor import Work

Thing = TypeVar("Thing")
Result = TypeVar("Result")

WAIT = 30.0
"""Seconds to wait for the scheduler, and for a worker if there is none."""

_AHEAD = 4
"""Chunks sent for each thread of the cluster before the first result is read."""

_one_at_a_time = Lock()


class DaskCluster:
    """The cluster whose scheduler is at an address; a context manager.

    It is connected to when there is work.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: Client | None = None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # errors are raised here

    def __enter__(self) -> Self:
        """Return the cluster."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the cluster, which then drops what it was given."""
        if self._client is not None:
            self._client.close(timeout=1)

    def map(self, work: Work[Thing, Any, Result], things: Sequence[Thing]) -> Iterator[Result]:
        """Yield the result for each thing, in order; raise what the work raises.

        Raise OutsideError if the cluster fails or has another installation.
        """
        for future in self._sent(work, things):
            done: ChunkResults = pickle.loads(self._result(future))  # noqa: S301  (our workers')
            yield from done.results
            if done.error is not None:
                raise done.error

    def _sent(self, work: Work[Thing, Any, Any], things: Sequence[Thing]) -> Iterator[Future[Any]]:
        """Yield the future of each chunk; send some chunks ahead."""
        if not things:
            return
        client = self._connected()
        threads = sum(client.nthreads().values())
        size = max(1, min(CHUNK, len(things) // (4 * threads)))
        there, ahead = work.there(), deque[Future[Any]]()
        for start in range(0, len(things), size):
            chunk = [work.pack(thing) for thing in things[start : start + size]]
            sent = pickle.dumps((there, chunk), pickle.HIGHEST_PROTOCOL)
            ahead.append(client.submit(_work, tuple(installation()), sent, pure=False))
            if len(ahead) > _AHEAD * threads:
                yield ahead.popleft()
        yield from ahead

    def _connected(self) -> Client:
        """Return the connection. Raise OutsideError without a scheduler or a worker."""
        try:
            if self._client is None:
                self._client = Client(self._address, timeout=WAIT, set_as_default=False)
            self._client.wait_for_workers(1, timeout=WAIT)
        except (OSError, ValueError) as error:
            what = "no scheduler answers" if self._client is None else "there is no worker"
            message = f"--scheduler {self._address}: {what} within {WAIT:.0f} s"
            raise OutsideError(message) from error
        return self._client

    def _result(self, future: Future[Any]) -> bytes:
        while True:
            try:
                result: bytes = future.result(timeout=WAIT)
            except TimeoutError:
                self._connected()  # a chunk may take long, unless nobody works on it
            except Exception as error:
                what = f"{type(error).__name__}: {error}".splitlines()[0]
                raise OutsideError(f"--scheduler {self._address}: {what}") from error
            else:
                return result


def _work(expected: tuple[str, str, str], sent: bytes) -> bytes:
    """Work on a chunk in a worker, and return its pickled `ChunkResults`."""
    if installation() != expected:
        return work_on(_refuse, [Installation(*expected)])
    there, chunk = pickle.loads(sent)  # noqa: S301  (our client's)
    with _one_at_a_time:
        return work_on(there, chunk)


def _refuse(expected: Installation) -> None:
    found, host = installation(), socket.gethostname()
    what = "other files of it" if found[:2] == expected[:2] else f"not {expected}"
    raise OutsideError(f"the worker on {host} has {found}, but {what}: install the same everywhere")
