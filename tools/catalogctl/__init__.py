"""catalogctl: a plugin repository without a server."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from catalogctl.version import __version__

if TYPE_CHECKING:
    from catalogctl.catalog import Catalog
    from catalogctl.errors import ApiError, OutsideError, TrustError, UsageError
    from catalogctl.plugin_messages import (
        PluginInfo,
        PluginsInfo,
        RepositoriesInfo,
        RepositoryInfo,
        StatResult,
        VersionsInfo,
    )

__all__ = [
    "ApiError",
    "Catalog",
    "OutsideError",
    "PluginInfo",
    "PluginsInfo",
    "RepositoriesInfo",
    "RepositoryInfo",
    "StatResult",
    "TrustError",
    "UsageError",
    "VersionsInfo",
    "__version__",
]

_MODULES = {
    "Catalog": "catalog",
    **dict.fromkeys(("ApiError", "OutsideError", "TrustError", "UsageError"), "errors"),
    **dict.fromkeys(
        (
            *("PluginInfo", "PluginsInfo", "RepositoriesInfo", "RepositoryInfo"),
            *("StatResult", "VersionsInfo"),
        ),
        "plugin_messages",
    ),
}


def __getattr__(name: str) -> Any:
    """Import a name of the Python API when it is accessed, because most commands need none."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
