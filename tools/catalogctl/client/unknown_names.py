"""Return the errors for plugins and queries that a catalog does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.did_you_mean import did_you_mean, did_you_mean_id
from catalogctl.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_SHOWN = 80


def not_found(plugin_id: str, known: Iterable[str] = ()) -> ApiError:
    """Return the error for an unknown plugin, or for a call that names none.

    Its hint suggests the nearest known id.
    """
    if not plugin_id:
        return ApiError("ERROR_REQUIRED_PARAMETER", "plugin_id is required", "/plugin_id")
    name = plugin_id if len(plugin_id) <= _LONGEST_SHOWN else plugin_id[:_LONGEST_SHOWN] + "…"
    return ApiError(
        "ERROR_NOT_FOUND",
        f"plugin {name} is not in this catalog",
        "/plugin_id",
        hint=did_you_mean_id(plugin_id, known),
    )


def no_query(kind: str, name: str, known: Iterable[str] = ()) -> ApiError:
    """Return the error for an unknown query name; its hint suggests the nearest known name."""
    message = f"there is no {kind} query {name!r} in this catalog"
    return ApiError("ERROR_NOT_FOUND", message, hint=did_you_mean(name, known))
