"""The examples and the messages of the API, as data, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

FOLDER = Path(__file__).parents[1] / "conformance" / "seed"

REQUESTS = {
    "register": "CreatePluginRequest",
    "update": "UpdatePluginRequest",
    "deregister": "PluginRequest",
    "enable": "PluginRequest",
    "disable": "PluginRequest",
    "get-versions": "RepositoryPluginRequest",
    "get": "GetRepositoryPluginRequest",
    "list": "PluginQuery",
}
RESPONSES = {
    **dict.fromkeys(REQUESTS, "PluginInfo"),
    "get-versions": "VersionsInfo",
    "list": "PluginsInfo",
}
"""The message of each response example. deregister answers Empty, though its example shows more."""

FILLED_IN: dict[str, JSONObject] = {
    "register": {"domain_id": "domain-123456789012"},
    "update": {"plugin_id": "plugin-jira-noti-protocol", "domain_id": "domain-123456789012"},
}
"""What the examples of requests leave to the caller: a catalog's defaults, a command's argument."""


def read(name: str) -> JSONObject:
    """Return one of the files, such as `register-request`."""
    loaded: JSONObject = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def request(call: str) -> JSONObject:
    """Return the request of a call as the API takes it."""
    return {**FILLED_IN.get(call, {}), **read(f"{call}-request")}
