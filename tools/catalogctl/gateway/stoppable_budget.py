"""End a query from another thread, because nobody waits for its answer any more."""

from __future__ import annotations

from dataclasses import dataclass

from catalogctl.query.query_errors import bad
from catalogctl.query.query_limits import StepBudget


@dataclass(slots=True)
class Stop:
    """Whether a query is to end; set by one thread and read by another."""

    requested: bool = False


class StoppableBudget(StepBudget):
    """The steps that are left for one answer, and none from when `stop` is requested."""

    __slots__ = ("_stop",)

    def __init__(self, plugins: int, stop: Stop) -> None:
        super().__init__(plugins)
        self._stop = stop

    def spend(self, steps: int) -> None:
        """Subtract steps; raise ApiError if none are left, or the query is to end."""
        if self._stop.requested:
            raise bad("nobody waits for the answer", "/query")
        super().spend(steps)
