"""Work on the plugins of a build: on the cores of this machine, or on a cluster.

The first pass and the second are one piece of work each, on many things. An executor yields their
results in the order of the things.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from catalogctl.errors import UsageError
from catalogctl.pipeline.pool import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Thing = TypeVar("Thing")
Packed = TypeVar("Packed")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Work(Generic[Thing, Packed, Result]):
    """The same work on each of many things.

    `pack` returns a thing with the little that can't be read from its files. `here` does the work
    in this process or in one forked from it. `there` returns a function that does it on another
    machine: one of plain values, which can be sent there.
    """

    pack: Callable[[Thing], Packed]
    here: Callable[[Packed], Result]
    there: Callable[[], Callable[[Packed], Result]]

    def __call__(self, thing: Thing) -> Result:
        """Work on a thing here."""
        return self.here(self.pack(thing))


class Executor(Protocol):
    """Whatever works on things."""

    def map(self, work: Work[Thing, Any, Result], things: Sequence[Thing]) -> Iterator[Result]:
        """Yield the result for each thing, in order; raise what the work raises."""
        ...


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes of this machine, `jobs` of them, by default one per core."""

    jobs: int | None = None

    def map(self, work: Work[Thing, Any, Result], things: Sequence[Thing]) -> Iterator[Result]:
        """Yield the result for each thing, in order; raise what the work raises."""
        return spread(work, things, self.jobs)


@contextmanager
def open_executor(scheduler: str | None, jobs: int | None) -> Iterator[Executor]:
    """Provide the Dask cluster at this address, or else the processes of this machine.

    Raise UsageError if the packages for a cluster are missing.
    """
    if scheduler is None:
        yield Processes(jobs)
        return
    try:
        from catalogctl.pipeline.dask_cluster import DaskCluster
    except ImportError as error:
        raise UsageError(
            f"--scheduler needs packages that are not installed ({error}):"
            " pip install 'catalogctl[dask]'"
        ) from error
    with DaskCluster(scheduler) as cluster:
        yield cluster
