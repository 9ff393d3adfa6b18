"""Read editions of a catalog: the first one, and those that follow."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from catalogctl.gateway.encoded_edition import edition_of, index_hash

if TYPE_CHECKING:
    from catalogctl.client.published_catalog import PublishedCatalog
    from catalogctl.gateway.encoded_edition import EncodedEdition


def read_edition(catalog: PublishedCatalog) -> EncodedEdition:
    """Return the newest edition; raise OutsideError if it can't be read or is broken."""
    edition = edition_of(catalog.whole())
    gc.collect(0)
    gc.freeze()  # what stays in memory need not be looked through again and again
    return edition


def read_newer(catalog: PublishedCatalog, edition: EncodedEdition) -> EncodedEdition | None:
    """Return the newest edition if it is another one, else None; raise as `read_edition` does."""
    if index_hash(catalog.index_bytes()) == edition.index_sha256:
        return None
    return read_edition(catalog)
