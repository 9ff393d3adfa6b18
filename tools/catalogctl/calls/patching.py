"""A request of update in; the change of the plugin's file out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalogctl.calls.files import read_plugin, rewritten
from catalogctl.calls.performing import Change
from catalogctl.calls.refusing import RefusedError
from catalogctl.errors import ApiError
from catalogctl.messages import PLUGIN_FILE_FIELDS
from catalogctl.nearest import did_you_mean
from catalogctl.source.document import parse
from catalogctl.source.edit import from_pointer, set_value, unset_value
from catalogctl.validate.requests import effective
from catalogctl.validate.words import listed, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.pipeline.opening import Opened
    from catalogctl.source.settings import Settings

_WHICH = ("plugin_id", "domain_id")
"""Members of UpdatePluginRequest that say which plugin is meant, and change nothing."""


@dataclass(frozen=True, slots=True)
class Patch:
    """What update shall do, in this order.

    `fields` are replaced whole (null takes one out), each pointer of `put` gets its value, and
    what each of `taken` points at is taken out.
    """

    fields: JSONObject = field(default_factory=dict)
    put: Mapping[str, JSON] = field(default_factory=dict)
    taken: tuple[str, ...] = ()


def update(opened: Opened, plugin_id: str, patch: Patch) -> Change:
    """Return the change that a patch makes; ApiError when it names what update may not change."""
    before = read_plugin(opened, plugin_id)
    document = parse(opened.plugin_folder.file(f"{plugin_id}.yaml"), plugin_id, before)
    if document.problems:
        raise RefusedError(document.problems)
    _refuse_other_plugins(plugin_id, patch, effective(document.value, opened.settings))
    for pointer in (*_changed(patch), *patch.put, *patch.taken):
        _refuse_fixed(pointer, opened.settings)
    after = before
    for name, value in patch.fields.items():
        if name not in _WHICH:
            after = _replaced(after, name, value, document.value)
    for pointer, value in patch.put.items():
        after = set_value(after, pointer, value, order=PLUGIN_FILE_FIELDS)
    for pointer in patch.taken:
        after = unset_value(after, pointer)
    return Change(plugin_id, rewritten(plugin_id, before, after))


def _changed(patch: Patch) -> list[str]:
    return [f"/{name}" for name in patch.fields if name not in _WHICH]


def _replaced(data: bytes, name: str, value: JSON, before: JSONObject) -> bytes:
    if value is not None:
        return set_value(data, f"/{name}", value, order=PLUGIN_FILE_FIELDS)
    return unset_value(data, f"/{name}") if name in before else data


def _refuse_other_plugins(plugin_id: str, patch: Patch, request: JSONObject) -> None:
    """Refuse a request that speaks of another plugin than the one that is called."""
    for name in _WHICH:
        given, known = patch.fields.get(name), request.get(name)
        if name in patch.fields and given != known:
            message = f"{name} of the request is {shown(str(given))}, of {plugin_id} it is {known}"
            hint = f"take {name} out of the request, or call the plugin that is meant"
            raise ApiError("ERROR_INVALID_PARAMETER", message, f"/{name}", hint=hint)


def _refuse_fixed(pointer: str, settings: Settings) -> None:
    """Refuse a field that update may not change (policy.updatable)."""
    name = (from_pointer(pointer) or ("",))[0]
    if name in settings.updatable:
        return
    where = f"/{name}"
    if name == "image":
        message, hint = "update can't change image", "another image is another plugin: register it"
    elif name == "state":
        message, hint = "update can't change state", "call enable or disable"
    else:
        message = f"update can't change {shown(name)}"
        hint = did_you_mean(name, settings.updatable, f"it may change {listed(settings.updatable)}")
    raise ApiError("ERROR_INVALID_PARAMETER", message, where, hint=hint)
