"""Plan the call register: format a request as a new plugin file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalogctl import schemas
from catalogctl.calls.planned_change import PlannedChange, plugin_path
from catalogctl.calls.settable_fields import with_field, with_member
from catalogctl.edit.canonical_layout import formatted, laid_out
from catalogctl.errors import ApiError
from catalogctl.files import Replacement
from catalogctl.problem import Problem
from catalogctl.source.document import parse
from catalogctl.source.folder import Folder
from catalogctl.validate.effective_request import effective
from catalogctl.validate.unsupported_values import refuse_unsupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.calls.planned_change import WriteRequest
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog

SCHEMA_LINE = "# yaml-language-server: $schema="
SCHEMA_FILE = "PluginFile.schema.json"
_FILE_NAME = re.compile(r"[A-Za-z0-9-][A-Za-z0-9._-]{0,63}")
_UNNAMED = "new-plugin"
_NEIGHBOURS = 5


def registration(
    opened: OpenCatalog, request: WriteRequest, values: Mapping[str, JSON]
) -> PlannedChange:
    """Return the change that adds a plugin.

    `request` is a CreatePluginRequest, optionally with the catalog's own fields; the comments of
    YAML are kept. `values` are values by pointer that override it. Raise ApiError if there is such
    a plugin already.
    """
    refuse_unsupported(request.fields)
    for pointer, value in values.items():
        refuse_unsupported(value, pointer)
    request.refuse_flawed(_overridden(request.fields, values), opened.settings)
    if request.document is not None:
        data = request.document.data
    else:
        data = laid_out(request.fields, schemas.fields("PluginFile")) or b"{}\n"
    for pointer, value in values.items():
        data = with_field(data, pointer, value)
    value = effective(parse("", "", data).value, opened.settings)
    plugin_id = str(value.get("plugin_id") or _UNNAMED)
    if not _FILE_NAME.fullmatch(plugin_id):
        plugin_id = _UNNAMED
    _refuse_known(opened, plugin_id)
    content = _with_schema_line(opened, formatted(data, schemas.fields("PluginFile")))
    return PlannedChange(plugin_id, (Replacement(plugin_path(plugin_id), None, content),))


def _overridden(fields: JSONObject, values: Mapping[str, JSON]) -> JSONObject:
    """Return the fields of a request with values by pointer that override them."""
    for pointer, value in values.items():
        fields = with_member(fields, pointer, value)
    return fields


def _refuse_known(opened: OpenCatalog, plugin_id: str) -> None:
    for name in opened.plugins.names:
        if name.lower() == f"{plugin_id}.yaml".lower():
            file = opened.plugin_folder.file(name)
            message = f"plugin {plugin_id} is in this catalog already, as {file}"
            hint = "update that one, or give this one another plugin_id"
            raise ApiError("ERROR_NOT_UNIQUE", message, "/plugin_id", hint=hint)


def _with_schema_line(opened: OpenCatalog, data: bytes) -> bytes:
    """Return a plugin file with a comment that names its schema for editors, if it is known."""
    if SCHEMA_LINE.encode() in data:
        return data
    line = schema_line(opened)
    return f"{line}\n".encode() + data if line else data


def schema_line(opened: OpenCatalog) -> str:
    """Return the comment that names the schema of a plugin file for editors; "" if unknown.

    The schema is that of the other plugin files, else the one next to the catalog, else the one
    that the catalog publishes.
    """
    for name in opened.plugins.names[:_NEIGHBOURS]:
        data = opened.plugin_folder.read(name)
        first = b"" if isinstance(data, Problem) else data.split(b"\n", 1)[0].rstrip()
        if first.startswith(SCHEMA_LINE.encode()):
            return first.decode("utf-8", "replace")
    if Folder(opened.path.resolve().parent, "schemas", "").has(SCHEMA_FILE):
        return f"{SCHEMA_LINE}../../schemas/{SCHEMA_FILE}"
    base_url = opened.settings.site.base_url
    return f"{SCHEMA_LINE}{base_url}schemas/{SCHEMA_FILE}" if base_url else ""
