from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.registries import DockerRegistry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def shared_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerRegistry]:
    """A docker-registry that no test stops; each test pushes to names of its own."""
    with DockerRegistry(tmp_path_factory.mktemp("registry")) as registry:
        yield registry


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[DockerRegistry]:
    """A docker-registry of one test, which may stop it."""
    with DockerRegistry(tmp_path / "registry") as registry:
        yield registry
