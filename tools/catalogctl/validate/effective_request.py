"""Compute a plugin file's effective request: its fields, with defaults for the missing ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.registry_hosts import DOCKER_HUB_URL

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject
    from catalogctl.source.settings import Settings

CATALOG_ONLY = frozenset({"versions", "maintainers", "deprecated"})
"""Fields of a plugin file that are not part of the API."""


def effective(value: JSONObject, settings: Settings) -> JSONObject:
    """Return the file's fields with defaults filled in; null means «not given».

    An explicit field overrides `defaults` in catalog.yaml, which override the API's own defaults.
    """
    request: JSONObject = {name: field for name, field in value.items() if field is not None}
    for name, default in settings.defaults.items():
        request.setdefault(name, default)
    request.setdefault("registry_type", "DOCKER_HUB")
    if request["registry_type"] == "DOCKER_HUB":
        request.setdefault("registry_url", DOCKER_HUB_URL)
    request.setdefault("state", "ENABLED")
    image = request.get("image")
    if isinstance(image, str):
        request.setdefault("plugin_id", image.rpartition("/")[2])
    return request


def create_request(request: JSONObject) -> JSONObject:
    """Return the fields of an effective request that belong to the API's CreatePluginRequest."""
    return {name: field for name, field in request.items() if name not in _NOT_IN_CREATE_REQUEST}


_NOT_IN_CREATE_REQUEST = CATALOG_ONLY | {"plugin_id", "state", "registry_url"}
