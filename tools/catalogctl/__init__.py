"""catalogctl: a plugin repository without a server."""

__version__ = "0.1.0"
