"""Define the built-in stat queries: ordinary requests under reserved names (product contract 5)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject


def _by(field: str, path: str, *before: JSON) -> JSONObject:
    """Return a query that counts plugins by one field, the most frequent value first.

    Plugins without a provider form a group with the value null, so that the counts add up.
    """
    return _counted(
        [{"key": path, "name": field}],
        {"keys": [{"key": "count", "desc": True}, {"key": field}]},
        *before,
    )


def _counted(keys: list[JSON], sort: JSONObject, *before: JSON) -> JSONObject:
    count: JSONObject = {"name": "count", "operator": "count"}
    group: JSONObject = {"keys": keys, "fields": [count]}
    return {"query": {"aggregate": [*before, {"group": group}, {"sort": sort}]}}


BUILT_IN: Mapping[str, JSONObject] = MappingProxyType(
    {
        "by-state": _by("state", "state"),
        "by-service-type": _by("service_type", "service_type"),
        "by-provider": _by("provider", "provider"),
        "by-registry-type": _by("registry_type", "registry_type"),
        "by-label": _by("label", "labels", {"unwind": {"path": "labels"}}),
        "created-by-month": _counted(
            [{"key": "created_at", "name": "month", "date_format": "%Y-%m"}], {"key": "month"}
        ),
    }
)

UNNAMED: Mapping[str, JSONObject] = MappingProxyType(
    {
        "plugins-per-provider-and-type": _counted(
            [
                {"key": "provider", "name": "provider"},
                {"key": "service_type", "name": "service_type"},
            ],
            {
                "keys": [
                    {"key": "count", "desc": True},
                    {"key": "provider"},
                    {"key": "service_type"},
                ]
            },
        ),
        "credential-schemas": _by(
            "schema",
            "capability.supported_schema",
            {"unwind": {"path": "capability.supported_schema"}},
        ),
    }
)
"""Further queries that the statistics page answers. Their names are not reserved, and only serve
the tool itself: each answer is published under the hash of its query."""
