"""End a query from another thread, because nobody waits for its answer any more."""

from __future__ import annotations

from catalogctl.query.query_limits import StepBudget


class Stop:
    """Ends what is or will be answered from its budget, once that is requested."""

    def __init__(self) -> None:
        self._is_requested = False
        self._budget: StepBudget | None = None

    def budget(self, plugins: int) -> StepBudget:
        """Return the steps for an answer from so many plugins."""
        self._budget = StepBudget(plugins)
        if self._is_requested:
            self._budget.end()
        return self._budget

    def request(self) -> None:
        """End the answer at its next step."""
        self._is_requested = True
        if self._budget is not None:
            self._budget.end()
