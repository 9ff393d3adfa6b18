"""Read plugins exported from another repository as JSON or YAML."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from catalogctl import schemas
from catalogctl.errors import ApiError
from catalogctl.fetch.bounded_json import check_cost
from catalogctl.source.positions import examine
from catalogctl.validate.effective_request import effective
from catalogctl.wording import kind

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.source.settings import Settings

TAKEN = tuple(
    name
    for name in schemas.fields("PluginFile")
    if name not in {"versions", "maintainers", "deprecated"}
)
"""The fields of PluginInfo that a plugin file also has."""

ELSEWHERE = frozenset({"repository_info", "created_at", "updated_at"})
"""The fields of PluginInfo that come from catalog.yaml and from imported.json."""

ICON = "icon"
_MAX_YAML = 4 * 1024 * 1024


def read_entries(name: str, data: bytes) -> list[JSONObject]:
    """Return the plugins in a text, in its order.

    The text is PluginsInfo, a list of PluginInfo, or a single one; or the service's later form of
    managed plugins, YAML with `resource_type` and `icon`, which are moved to their old places.
    Raise ApiError if it is something else.
    """
    value = _value(name, data)
    if isinstance(value, dict):
        _refuse_a_page(name, value)
        value = value.get("results", [value] if "image" in value else None)
    if not isinstance(value, list):
        message = f"{name} holds no plugins: PluginsInfo is an object with a list of results"
        raise ApiError("ERROR_INVALID_PARAMETER", message)
    for number, entry in enumerate(value):
        if not isinstance(entry, dict):
            message = f"{name}: element {number} is not a plugin, but {kind(entry)}"
            raise ApiError("ERROR_INVALID_PARAMETER", message, f"/results/{number}")
    return [_as_plugin_info(entry) for entry in value if isinstance(entry, dict)]


def _refuse_a_page(name: str, value: JSONObject) -> None:
    """Raise ApiError if a list contains fewer plugins than its total_count."""
    results, total = value.get("results"), value.get("total_count")
    if not isinstance(results, list) or not isinstance(total, int | float):
        return
    if total > len(results):
        message = (
            f"{name} says that there are {total:g} plugins and holds {len(results)}: it is one page"
            " of the list (ask for all of them: a query without a page)"
        )
        raise ApiError("ERROR_INVALID_PARAMETER", message, "/total_count")


def _value(name: str, data: bytes) -> JSON:
    """Return the value of a JSON or YAML text. Raise ApiError if it is neither or too costly."""
    try:
        check_cost(data)
    except ValueError as error:
        raise ApiError("ERROR_INVALID_PARAMETER", f"{name}: {error}") from None
    try:
        value: JSON = json.loads(data)
    except (ValueError, RecursionError):
        if len(data) > _MAX_YAML:
            message = f"{name} is not JSON, and YAML is read up to {_MAX_YAML} bytes"
            raise ApiError("ERROR_INVALID_PARAMETER", message) from None
        examined = examine(data)
        flaws = [flaw for flaw in examined.flaws if flaw.code != "no-mapping"]
        if flaws:
            first = flaws[0]
            place = f"{name}:{first.place.line}:{first.place.column}"
            raise ApiError("ERROR_INVALID_PARAMETER", f"{place}: {first.message}") from None
        value = examined.root.value if examined.root is not None else None
    return value


def _as_plugin_info(entry: JSONObject) -> JSONObject:
    """Return an entry with the field names of PluginInfo."""
    info = dict(entry)
    if "resource_type" in info and "service_type" not in info:
        info["service_type"] = info.pop("resource_type")
    icon = info.get(ICON)
    if isinstance(icon, str):
        tags = info.get("tags")
        info["tags"] = {**(tags if isinstance(tags, dict) else {}), ICON: icon}
        del info[ICON]
    return info


def plugin_id_of(entry: JSONObject) -> str:
    """Return the id of a plugin: the given one, else the image's name."""
    return str(entry.get("plugin_id") or str(entry.get("image") or "").rpartition("/")[2])


def request_of(entry: JSONObject, settings: Settings) -> JSONObject:
    """Return a plugin file's fields: the given ones, except values that are the default."""
    given: JSONObject = {
        name: value
        for name, value in entry.items()
        if name in TAKEN and value not in ({}, [], None, "")
    }
    for name in ("plugin_id", "state", "registry_url", "registry_type", "domain_id", "project_id"):
        without: JSONObject = {key: value for key, value in given.items() if key != name}
        if name in given and effective(without, settings).get(name) == given[name]:
            given = without
    return given
