"""Define the result of synchronizing a catalog with its upstreams."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from catalogctl.errors import OutsideError, UsageError
from catalogctl.files import ChangedMeanwhileError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catalogctl.errors import CatalogctlError


class UpstreamState(StrEnum):
    """What happened to an upstream."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    GUARDED = "guarded"
    """A guard refused its edition; its files stay as they are."""
    FAILED = "failed"
    """The network or the disk failed; its files stay as they are."""
    UNUSABLE = "unusable"
    """Its settings, or what is installed here, don't allow to ask it; its files stay likewise."""

    @classmethod
    def after(cls, error: CatalogctlError) -> UpstreamState:
        """Return the state of an upstream that an error stopped."""
        if isinstance(error, UsageError):
            return cls.UNUSABLE
        is_failure = isinstance(error, OutsideError | ChangedMeanwhileError)
        return cls.FAILED if is_failure else cls.GUARDED


class Takeover(NamedTuple):
    """A plugin that another repository answers for than before; names of upstreams, "" our own."""

    plugin_id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class UpstreamOutcome:
    """What a run found out about one upstream, and what it changed.

    `refused` maps the plugins that keep their old files, if they have any, to the reasons. `cause`
    is why a guard or the network stopped it. `now` and `taken` are the times of its edition and of
    the one that was taken before. `verified` is how many files are what their hashes stand for,
    None if the run did not compare them.
    """

    name: str
    state: UpstreamState
    cause: str = ""
    added: Sequence[str] = ()
    changed: Sequence[str] = ()
    removed: Sequence[str] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    takeovers: Sequence[Takeover] = ()
    notes: Sequence[str] = ()
    requests: int = 0
    plugins: int = 0
    now: str | None = None
    taken: str | None = None
    verified: int | None = None


@dataclass(frozen=True, slots=True)
class SyncReport:
    """The result of a run; `is_check` means that nothing was written."""

    outcomes: Sequence[UpstreamOutcome]
    seconds: float
    is_check: bool = False

    @property
    def exit_code(self) -> int:
        """The exit code of the run: a failure of the network or the disk outweighs the rest."""
        states = {each.state for each in self.outcomes}
        if UpstreamState.FAILED in states:
            return 3
        if UpstreamState.UNUSABLE in states:
            return 2
        news = self.is_check and UpstreamState.CHANGED in states
        is_refused = any(each.refused for each in self.outcomes)
        return int(news or is_refused or UpstreamState.GUARDED in states)
