"""Open the catalog at a web address, and check its signatures if its root is or was pinned."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from catalogctl.client.published_catalog import PublishedCatalog
from catalogctl.client.web_reader import WebReader
from catalogctl.fetch.address import tree_address
from catalogctl.trust.trust_state import is_remembered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catalogctl.client.cache import Cache


def open_published(
    url: str,
    trust: Path | str | bytes | None,
    *,
    cache: Cache,
    tell: Callable[[str], None],
    require_fresh: bool,
) -> PublishedCatalog:
    """Return the catalog at a URL; `trust` pins its first root.

    Raise UsageError if the address is invalid, or the extra `trust` is needed and missing.
    """
    if trust is None and not is_remembered(tree_address(url, "--from"), os.environ):
        reader = WebReader(url, cache=cache, tell=tell, require_fresh=require_fresh)
        return PublishedCatalog(reader)
    from catalogctl.trust.extra import require_extra

    require_extra()
    from catalogctl.trust.pins import pin_of
    from catalogctl.trust.trusted_reader import TrustedReader

    pin = None if trust is None else pin_of(trust)
    return PublishedCatalog(
        TrustedReader(url, pin, cache=cache, tell=tell, require_fresh=require_fresh)
    )
