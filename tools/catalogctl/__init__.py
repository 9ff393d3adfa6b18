"""catalogctl: a plugin repository without a server."""

from catalogctl.catalog import Catalog

__all__ = ["Catalog", "__version__"]

__version__ = "0.1.0"
