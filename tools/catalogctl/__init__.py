"""catalogctl: a plugin repository without a server."""

from catalogctl.catalog import Catalog
from catalogctl.version import __version__

__all__ = ["Catalog", "__version__"]
