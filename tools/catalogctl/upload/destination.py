"""Open the place that a user names as the destination."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.errors import UsageError
from catalogctl.fetch.address_or_path import is_address
from catalogctl.upload.folder_store import FolderStore

if TYPE_CHECKING:
    from catalogctl.upload.store import Store


def open_store(destination: str) -> Store:
    """Return a folder, or the store at an address such as `s3://bucket/prefix`.

    Raise UsageError if nothing can be published there.
    """
    if not destination:
        raise UsageError("the destination is empty: write a folder, or s3://bucket/prefix")
    if not is_address(destination):
        return FolderStore(Path(destination))
    if destination.lower().startswith(("http:", "https:")):
        raise UsageError(
            "a web address can't be written to: name what the host serves, a folder or"
            " s3://bucket/prefix, with the endpoint in AWS_ENDPOINT_URL"
        )
    from catalogctl.upload.object_store import ObjectStore

    return ObjectStore(destination)
