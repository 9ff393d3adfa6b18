"""Let only one run at a time publish to a destination.

The lock is a file that is created only if it does not exist. A run that publishes renews it; one
that sees no renewal for a while may take it over, because a killed run can't remove it.
"""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from catalogctl.client.cache import age
from catalogctl.errors import OutsideError
from catalogctl.times import api_time
from catalogctl.upload.records import LOCK, LockRecord, decoded, encoded
from catalogctl.upload.store import Upload

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from catalogctl.upload.store import Store

STALE_AFTER = 900
"""Seconds without a renewal after which a lock counts as left behind."""
_TRIES = 3


class PublishLock:
    """The right to publish to a store; a context manager.

    `who` is told to others who want to publish; `clock` returns seconds since 1970; `tell` gets one
    line if the lock of another run is taken over, as `take_over` demands at once.
    """

    def __init__(
        self,
        store: Store,
        who: str,
        *,
        clock: Callable[[], float],
        tell: Callable[[str], None],
        take_over: bool = False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._tell = tell
        self._take_over = take_over
        now = clock()
        since = api_time(datetime.fromtimestamp(now, UTC))
        self._lock = LockRecord(secrets.token_hex(8), who, since, now)
        self._renewed = time.monotonic()

    @property
    def run(self) -> str:
        """The id of this run."""
        return self._lock.run

    def __enter__(self) -> Self:
        """Take the lock. Raise OutsideError if another run has it, or nothing can be stored.

        What was created is read again: a login page answers every request, and a request that was
        repeated after its answer got lost is refused.
        """
        for _ in range(_TRIES):
            is_created = self._store.create(LOCK, encoded(self._lock))
            data = self._store.read(LOCK)
            found = decoded(data, LockRecord)
            if found is not None and found.run == self.run:
                return self
            if is_created:
                raise OutsideError(
                    f"{self._store.name} does not give back what was written to it:"
                    " check the address and the endpoint"
                )
            if data is not None:
                self._free(found)
        raise OutsideError(f"{self._store.name}: another run publishes there: try again")

    def _free(self, found: LockRecord | None) -> None:
        """Remove the lock of another run, if it may be removed. Raise OutsideError otherwise."""
        now = self._clock()
        if found is None:
            who, is_stale = "a run that left a damaged lock", False
        else:
            quiet = max(now - found.at, 0)
            who = f"{found.who[:200]} (since {found.since[:40]}, last seen {age(quiet)} ago)"
            is_stale = quiet > STALE_AFTER
        if not is_stale and not self._take_over:
            raise OutsideError(
                f"{self._store.name} is being published to by {who}:"
                " wait for it, or use --take-over if it has ended"
            )
        self._tell(f"{self._store.name}: taking over from {who}")
        self._store.delete([LOCK])

    def check(self) -> None:
        """Raise OutsideError if another run has taken over."""
        found = decoded(self._store.read(LOCK), LockRecord)
        if found is None or found.run != self.run:
            raise OutsideError(
                f"{self._store.name}: another run has taken over; this one stops, and the other"
                " one publishes its own tree"
            )

    def is_due(self, seconds: float) -> bool:
        """Return whether so many seconds have passed since the last sign of life."""
        return time.monotonic() - self._renewed >= seconds

    def renew(self) -> None:
        """Show that this run is alive. Raise OutsideError if another one has taken over."""
        self.check()
        self._renewed = time.monotonic()
        self._lock = msgspec.structs.replace(self._lock, at=self._clock())
        self._store.write([Upload(LOCK, encoded(self._lock), {})])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the lock, unless another run has it now.

        Raise OutsideError if that fails, but not in place of another error.
        """
        try:
            found = decoded(self._store.read(LOCK), LockRecord)
            if found is not None and found.run == self.run:
                self._store.delete([LOCK])
        except OutsideError:
            if error is None:
                raise
