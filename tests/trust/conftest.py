"""A signed catalog of two editions, its site, and a machine that has not seen it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.published import Site
from support.signed import HOUR, Machine, Signing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Signing:
    """Return a catalog's keys and its first root, which no test changes."""
    return Signing.new(tmp_path_factory.mktemp("signing"))


@pytest.fixture(scope="session")
def older(signing: Signing) -> dict[str, bytes]:
    """Return the first edition, signed three hours ago."""
    return signing.signed(1, "older", ago=3 * HOUR)


@pytest.fixture(scope="session")
def newer(signing: Signing) -> dict[str, bytes]:
    """Return the second edition, signed a minute ago."""
    return signing.signed(2, "newer", ago=60)


@pytest.fixture(scope="session")
def editions(
    older: dict[str, bytes], newer: dict[str, bytes]
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return both editions."""
    return older, newer


@pytest.fixture
def site(newer: dict[str, bytes]) -> Iterator[Site]:
    """Return the newer edition, served."""
    served = Site(dict(newer))
    served.start()
    yield served
    served.stop()


@pytest.fixture
def machine(site: Site, signing: Signing, tmp_path: Path) -> Machine:
    """Return a machine that pins the first root, and has not seen the catalog."""
    return Machine(site, tmp_path / "home", signing.root)
