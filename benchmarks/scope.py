"""How much to measure: sizes of catalogs, and numbers of runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """`plugins` and `large` are sizes of catalogs; without `large` (0), one size is measured.

    Commands of the large catalog run once, all others `rounds` times. `changes` is the number of
    random changes whose published files are counted.
    """

    plugins: int = 10_000
    large: int = 0
    rounds: int = 3
    changes: int = 40

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes to measure what is measured at each size."""
        return (self.plugins, self.large) if self.large else (self.plugins,)

    def rounds_of(self, plugins: int) -> int:
        """Return how often to run commands of a catalog of this size."""
        return 1 if plugins == self.large else self.rounds
