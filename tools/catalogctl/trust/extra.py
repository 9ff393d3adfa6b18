"""Say which extra is missing where signatures can't be made or checked."""

from __future__ import annotations

import importlib

from catalogctl.errors import UsageError

_PACKAGES = ("cryptography", "securesystemslib.signer", "tuf.api.metadata")


def require_extra() -> None:
    """Raise UsageError unless the packages of the extra `trust` are installed."""
    try:
        for name in _PACKAGES:
            importlib.import_module(name)
    except ImportError as error:
        raise UsageError(
            f"signed catalogs need packages that are not installed ({error}):"
            " pip install 'catalogctl[trust]'"
        ) from error
