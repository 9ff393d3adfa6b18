"""An S3 server for all tests of a run, and a bucket of its own for each."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import fsspec
import pytest

from support import s3_server
from support.s3_server import Bucket

if TYPE_CHECKING:
    from collections.abc import Iterator

_numbers = itertools.count()


@pytest.fixture(scope="session")
def s3_address() -> Iterator[str]:
    """Return the address of an S3 server."""
    with s3_server.serving() as address:
        yield address


@pytest.fixture
def bucket(s3_address: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """Return an empty bucket, which this process finds by its environment."""
    fsspec.get_filesystem_class("s3").clear_instance_cache()  # those of other hosts
    for name, value in s3_server.variables(s3_address).items():
        monkeypatch.setenv(name, value)
    return Bucket(s3_address, f"plugins-{next(_numbers)}")
