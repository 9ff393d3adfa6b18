"""Count and time the calls for Prometheus."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """The metrics of one gateway.

    The age of an edition counts from when it was last known to be the newest.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._calls = Counter(
            "catalogctl_gateway_calls",
            "Calls that were answered.",
            ("protocol", "call", "code"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "catalogctl_gateway_call_seconds",
            "Seconds that calls took.",
            ("protocol", "call"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        age = Gauge(
            "catalogctl_gateway_edition_age_seconds",
            "Seconds since the edition that is served was last known to be the newest.",
            registry=self._registry,
        )
        age.set_function(lambda: time.monotonic() - self._confirmed)
        self._failures = Counter(
            "catalogctl_gateway_refresh_failures",
            "Editions that could not be read, and requests for the index that failed.",
            registry=self._registry,
        )
        self._confirmed = time.monotonic()

    def count(self, protocol: str, call: str, code: str, seconds: float) -> None:
        """Count an answered call."""
        self._calls.labels(protocol, call, code).inc()
        self._seconds.labels(protocol, call).observe(seconds)

    def confirm_edition(self) -> None:
        """Note that the edition that is served is the newest."""
        self._confirmed = time.monotonic()

    def count_refresh_failure(self) -> None:
        """Count a refresh that failed."""
        self._failures.inc()

    def text(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self._registry)
