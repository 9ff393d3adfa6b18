"""catalogctl: a plugin repository without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalogctl.version import __version__

if TYPE_CHECKING:
    from catalogctl.catalog import Catalog

__all__ = ["Catalog", "__version__"]


def __getattr__(name: str) -> Any:
    """Import `Catalog` only when it is accessed, because most commands don't need it."""
    if name != "Catalog":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from catalogctl.catalog import Catalog

    return Catalog
