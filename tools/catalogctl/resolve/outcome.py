"""What came of each image of a run, for the report and the exit code."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from catalogctl.resolve.merge_locks import Changes

if TYPE_CHECKING:
    from catalogctl.lock import Lock


class OutcomeState(StrEnum):
    """How one plugin ended: its lock is written anew in `CHANGED` and `ORPHAN` alone."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    KEPT = "kept"
    FROZEN = "frozen"
    EMPTY = "empty"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class ImageOutcome:
    """One plugin: `lock` is what to write, None when the old one stays or when it is written.

    `latest` and `total_count` are those of the new lock, or of the old one that says the same.
    KEPT is a registry that failed (`cause`, after so many `attempts`), FROZEN a moved tag that is
    not allowed, EMPTY an image without tags, ORPHAN a lock without a plugin. `unreached` counts
    the digests for which there was no time.
    """

    plugin_id: str
    host: str
    image: str
    state: OutcomeState
    lock: Lock | None = None
    changes: Changes = field(default_factory=Changes)
    latest: str | None = None
    total_count: int = 0
    cause: str = ""
    attempts: int = 0
    unreached: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolveReport:
    """A whole run: outcomes by plugin_id; `seconds` and `requests` say what it took.

    `warnings` are the registries' own words (Warning headers). `is_check` says that nothing was
    written.
    """

    outcomes: tuple[ImageOutcome, ...]
    started_at: str
    seconds: float
    requests: int
    warnings: tuple[str, ...] = ()
    is_check: bool = False

    def of(self, *states: OutcomeState) -> tuple[ImageOutcome, ...]:
        """Return the outcomes in these states."""
        return tuple(each for each in self.outcomes if each.state in states)

    @property
    def exit_code(self) -> int:
        """3 when something was kept from before, else 1 for what the catalog has to mend, else 0.

        Under `--check` news is such a thing (product contract, 6).
        """
        if self.of(OutcomeState.KEPT) or any(each.unreached for each in self.outcomes):
            return 3
        wrong = {OutcomeState.EMPTY, OutcomeState.FROZEN}
        if self.is_check:
            wrong |= {OutcomeState.CHANGED, OutcomeState.ORPHAN}
        return 1 if self.of(*wrong) else 0
