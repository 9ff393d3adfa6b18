"""Open the tree that a gateway serves: a folder, or a web address."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from catalogctl.client.cache import Cache, CachedAnswer, CacheEntry
from catalogctl.client.edition_reader import INDEX
from catalogctl.client.published_catalog import PublishedCatalog
from catalogctl.client.tree_reader import FolderReader
from catalogctl.errors import UsageError
from catalogctl.fetch.address_or_path import is_address
from catalogctl.trust.open_published import open_published

if TYPE_CHECKING:
    from collections.abc import Callable


def open_tree(
    location: str, tell: Callable[[str], None], trust: str | None = None
) -> PublishedCatalog:
    """Return the published catalog at a location; raise UsageError if there is no tree.

    What can't be read fresh is an error: a gateway never serves an edition from a cache. `trust`
    pins the root of a signed catalog at a URL.
    """
    if is_address(location):
        return open_published(location, trust, cache=_IndexCache(), tell=tell, require_fresh=True)
    folder = Path(location)
    if (folder / "catalog.yaml").is_file():
        hint = "build it with catalogctl build, and name the built tree"
        raise UsageError(f"{location} is a catalog, not a built tree: {hint}")
    if not (folder / INDEX).is_file():
        raise UsageError(f"no built tree at {location}: catalogctl build writes one")
    return PublishedCatalog(FolderReader(folder))


class _IndexCache(Cache):
    """Keeps an index in memory, so that the next request for it can be conditional."""

    def __init__(self) -> None:
        super().__init__(None)
        self._kept: dict[str, CachedAnswer] = {}

    def get(self, url: str) -> CachedAnswer | None:
        """Return the cached answer of an address, or None."""
        return self._kept.get(url)

    def put(self, url: str, body: bytes, *, etag: str = "", last_modified: str = "") -> None:
        """Cache an index, and nothing else."""
        if url.endswith(f"/{INDEX}"):
            digest = hashlib.sha256(body).hexdigest()
            about = CacheEntry(url, etag, last_modified, self.clock(), digest)
            self._kept[url] = CachedAnswer(about, body)

    def confirm(self, cached: CachedAnswer) -> None:
        """Do nothing: the age of what is kept is not used."""

    def forget(self, url: str) -> None:
        """Remove the cached answer of an address."""
        self._kept.pop(url, None)
