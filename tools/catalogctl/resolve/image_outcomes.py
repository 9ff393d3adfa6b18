"""Represent the outcome of each image in a run, for the report and the exit code."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from catalogctl.resolve.merge_locks import LockChanges

if TYPE_CHECKING:
    from catalogctl.lock import Lock


class OutcomeState(StrEnum):
    """The state of one plugin after a run; only `CHANGED` and `ORPHAN` modify its lock."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    KEPT = "kept"
    FROZEN = "frozen"
    EMPTY = "empty"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class ImageOutcome:
    """One plugin: `lock` is the lock to write, None if the old one stays or it is already written.

    `latest` and `total_count` are those of the new lock, or of an old one with the same content.
    KEPT means the registry failed (`cause`, after `attempts` tries), FROZEN a moved tag or a
    damaged lock (`cause`) that is not allowed, EMPTY an image without tags, and ORPHAN a lock
    without a plugin. `unreached` counts the digests for which there was no time.
    """

    plugin_id: str
    host: str
    image: str
    state: OutcomeState
    lock: Lock | None = None
    changes: LockChanges = field(default_factory=LockChanges)
    latest: str | None = None
    total_count: int = 0
    cause: str = ""
    attempts: int = 0
    unreached: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResolveReport:
    """A complete run: outcomes by plugin_id, its duration in `seconds` and its `requests`.

    `warnings` are texts from the registries (Warning headers). `is_check` is true if nothing was
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
        """3 if anything was kept or not reached, else 1 if the catalog needs a fix, else 0.

        With `--check`, any change counts as needing a fix (product contract, 6).
        """
        if self.of(OutcomeState.KEPT) or any(each.unreached for each in self.outcomes):
            return 3
        wrong = {OutcomeState.EMPTY, OutcomeState.FROZEN}
        if self.is_check:
            wrong |= {OutcomeState.CHANGED, OutcomeState.ORPHAN}
        return 1 if self.of(*wrong) else 0
