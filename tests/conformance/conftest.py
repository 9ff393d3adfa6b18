"""The shipped catalog, built and served once for all tests that look at its answers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.build import BuildOptions, build
from support import nginx
from support.schemas import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE_URL = "https://plugins.example.org/below/"


@pytest.fixture(scope="session")
def built_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the shipped catalog's tree."""
    out = tmp_path_factory.mktemp("built") / "public"
    built = build(
        BuildOptions(
            ROOT / "catalog",
            out,
            environ={"SOURCE_DATE_EPOCH": "1767225600"},
            generator="catalogctl",
            base_url=BASE_URL,
            allow_shallow=True,
            durable=False,
        )
    )
    assert built.problems == ()
    return out


@pytest.fixture(scope="session")
def address(built_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where nginx serves the shipped catalog's tree."""
    if nginx.program() is None and not os.environ.get("CI"):
        pytest.skip("no nginx (Debian: nginx-light)")
    with nginx.serving(built_tree, tmp_path_factory.mktemp("nginx")) as served:
        yield served
