"""What holds for every test, and what the run proved of the promises in `support.hardening`."""

from __future__ import annotations

import gc
import os
import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from support.hardening import ids_of, summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.terminal import TerminalReporter

# No example of hypothesis is judged by the time that it takes.
settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy machine")

PROVES = "proves"


@pytest.fixture(scope="session", autouse=True)
def own_cache() -> Iterator[None]:
    """Keep what commands cache out of the home of who runs the tests."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as changed:
        changed.setenv("XDG_CACHE_HOME", os.fspath(folder))
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note on each test what it proves; the note travels with its report from any process."""
    for item in items:
        item.user_properties.extend((PROVES, each) for each in ids_of(item))


def pytest_collection_finish() -> None:
    """Take the ten thousand tests themselves out of each later look for garbage."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """End a run of many tests with a line for each promise that its passed tests name."""
    passed = terminalreporter.stats.get("passed", [])
    proved = [
        value for report in passed for name, value in report.user_properties if name == PROVES
    ]
    if len(set(proved)) > 1:
        terminalreporter.section("hardening")
        for line in summary(proved):
            terminalreporter.write_line(line)
