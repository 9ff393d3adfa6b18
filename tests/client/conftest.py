"""A published catalog, and a client of it that keeps its answers in a folder of the test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.published import Client, Site, edition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def site() -> Iterator[Site]:
    """Return a catalog of two plugins, served."""
    served = Site(edition(1))
    served.start()
    yield served
    served.stop()


@pytest.fixture
def client(site: Site, tmp_path: Path) -> Client:
    """Return a client with an empty cache."""
    return Client(site, tmp_path / "cache")
