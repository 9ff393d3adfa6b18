"""Share one queue, rate and health state per host among all images on that host.

Requests to a host wait here for a free slot (per host and overall), for its rate limit, and for
the end of any pause it asked for. A host that does not respond is given up, so its timeouts are
paid once and not once per image (hardening Q-41).
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from catalogctl.resolve.failures import GivenUpError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.resolve.budget import ImageBudget
    from catalogctl.resolve.resolve_limits import Clock, ResolveLimits

_MOST_WARNINGS = 5
_MAX_UNREACHABLE, _MAX_UNUSABLE = 2, 6


class Host:
    """One host; the threads that send requests to it share this state.

    `answers` counts the responses that did not report a busy or failing host.
    """

    def __init__(
        self, netloc: str, limits: ResolveLimits, clock: Clock, all_places: threading.Semaphore
    ) -> None:
        self.netloc = netloc
        self._limits = limits
        self._clock = clock
        self._all_places = all_places
        self._places = threading.Semaphore(limits.per_host)
        self._lock = threading.Lock()
        self._next_at = 0.0
        self._silent_until = 0.0
        self._failures = 0
        self._given_up = ""
        self.answers = 0
        self.requests = 0
        self.sleepers = 0
        self.warnings: set[str] = set()

    @contextlib.contextmanager
    def place(self, budget: ImageBudget, rate: float | None) -> Iterator[None]:
        """Wait for a request's turn and hold its slot until the response is read."""
        self._wait_as_asked(budget)
        queued_at = self._clock.monotonic()
        self._wait_for_rate(rate)
        with self._places, self._all_places:
            budget.refund(self._clock.monotonic() - queued_at)
            self.check()
            with self._lock:
                self.requests += 1
            yield

    def _wait_as_asked(self, budget: ImageBudget) -> None:
        """Sleep until the end of the pause that the host asked for."""
        self.check()
        pause = self._silent_until - self._clock.monotonic()
        if pause > 0:
            with self._sleeping():
                budget.sleep(min(pause, self._limits.longest_sleep))

    def _wait_for_rate(self, rate: float | None) -> None:
        """Take the next of the evenly spaced time slots and sleep until it starts."""
        if rate is None:
            return
        with self._lock:
            now = self._clock.monotonic()
            turn = max(now, self._next_at)
            self._next_at = turn + 1 / rate
        while (pause := turn - self._clock.monotonic()) > 0:
            with self._sleeping():
                self._clock.sleep(min(pause, self._limits.longest_sleep))
            self.check()

    @contextlib.contextmanager
    def _sleeping(self) -> Iterator[None]:
        with self._lock:
            self.sleepers += 1
        try:
            yield
        finally:
            with self._lock:
                self.sleepers -= 1

    def leave_alone(self, seconds: float) -> None:
        """Send nothing for this many seconds, at most `longest_sleep`."""
        until = self._clock.monotonic() + min(seconds, self._limits.longest_sleep)
        with self._lock:
            self._silent_until = max(self._silent_until, until)

    @property
    def attempts(self) -> int:
        """How many times to try a request: once if the host's last request failed."""
        return 1 if self._failures else self._limits.attempts

    def answered(self) -> None:
        """Record a usable response."""
        with self._lock:
            self.answers += 1
            self._failures = 0

    def warned(self, text: str) -> None:
        """Record a warning to show once; it is never acted on (OCI distribution, "Warnings")."""
        if text and len(self.warnings) < _MOST_WARNINGS:
            self.warnings.add(text)

    def failed(self, answers_before: int, cause: str, *, unreachable: bool) -> None:
        """Record that every try of a request failed and no other request succeeded meanwhile.

        The host is given up after two failures in a row if it is unreachable, and after six if it
        responds but not usably, because a single image may be the cause.
        """
        with self._lock:
            if self.answers != answers_before:
                return
            self._failures += 1
            if self._failures >= (_MAX_UNREACHABLE if unreachable else _MAX_UNUSABLE):
                self._given_up = self._given_up or cause

    def give_up(self, cause: str) -> None:
        """Send this host no more requests in this run."""
        with self._lock:
            self._given_up = self._given_up or cause

    def check(self) -> None:
        """Raise GivenUpError if the host was given up."""
        if self._given_up:
            raise GivenUpError(f"not asked: {self.netloc} was given up ({self._given_up})")


class Hosts:
    """All hosts of a run, created on first use."""

    def __init__(self, limits: ResolveLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._all_places = threading.Semaphore(limits.in_all)
        self._lock = threading.Lock()
        self._hosts: dict[str, Host] = {}

    def host(self, netloc: str) -> Host:
        """Return the shared state of a host."""
        with self._lock:
            if netloc not in self._hosts:
                self._hosts[netloc] = Host(netloc, self._limits, self._clock, self._all_places)
            return self._hosts[netloc]

    @property
    def requests(self) -> int:
        """The number of requests sent to all hosts."""
        return sum(host.requests for host in list(self._hosts.values()))

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings from all hosts, without duplicates."""
        hosts = list(self._hosts.values())
        return tuple(sorted(f"{h.netloc} says: {each}" for h in hosts for each in list(h.warnings)))

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The hosts whose rate limit keeps a request waiting."""
        return tuple(sorted(h.netloc for h in list(self._hosts.values()) if h.sleepers))
