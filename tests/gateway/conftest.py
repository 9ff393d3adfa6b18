"""One gateway of two repositories for the tests that only ask."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from support.gateway import gateway, plugin, repository, tree_of
from support.publishing import write_tree
from support.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.gateway import RunningGateway

OWN = repository(
    "own",
    [
        plugin("plugin-a", provider="aws", tags={"tier": 4.0, "deep": [{"n": 1}]}),
        plugin("plugin-b", name="Beta", state="DISABLED", labels=["x", "y"]),
    ],
    {"plugin-a": ["2.0", "1.0"]},
)
OTHER = repository(
    "other",
    [plugin("plugin-a", name="Shadowed"), plugin("plugin-c", domain_id="domain-2")],
    {"plugin-a": ["9.9"], "plugin-c": ["3.0"]},
)


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """Run a gateway that answers for a catalog's own repository and for another one."""
    folder = write_tree(tmp_path_factory.mktemp("tree"), tree_of(OWN, OTHER))
    with gateway(folder, "--access-log", "--time-limit", "2") as running:
        yield running


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    """Fail a test that leaves a thread behind: a process forked beside threads of gRPC may die."""
    before = {*threading.enumerate()}
    yield
    wait_until(lambda: before.issuperset(threading.enumerate()))
