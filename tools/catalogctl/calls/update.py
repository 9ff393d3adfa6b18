"""A request of update in; the change of the plugin's file out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catalogctl.calls.call_errors import RefusedError
from catalogctl.calls.perform import Change
from catalogctl.calls.plugin_path import read_plugin, rewritten
from catalogctl.calls.settable_fields import with_field
from catalogctl.calls.unsupported_values import refuse_unusable
from catalogctl.did_you_mean import did_you_mean
from catalogctl.edit import unset_value
from catalogctl.errors import ApiError
from catalogctl.json_pointer import escape, split
from catalogctl.source.document import parse
from catalogctl.validate.effective_request import effective
from catalogctl.wording import listed, verbatim

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.settings import Settings

_WHICH = ("plugin_id", "domain_id")
"""Members of UpdatePluginRequest that say which plugin is meant, and change nothing."""


@dataclass(frozen=True, slots=True)
class Patch:
    """What update shall do, in this order.

    `fields` are replaced whole (null takes one out), each pointer of `put` gets its value, what
    each of `taken` points at is taken out, and then `unlabelled` labels go and `labelled` come.
    """

    fields: JSONObject = field(default_factory=dict)
    put: Mapping[str, JSON] = field(default_factory=dict)
    taken: tuple[str, ...] = ()
    labelled: tuple[str, ...] = ()
    unlabelled: tuple[str, ...] = ()


def update(opened: OpenCatalog, plugin_id: str, patch: Patch) -> Change:
    """Return the change that a patch makes; ApiError when it names what update may not change."""
    before = read_plugin(opened, plugin_id)
    document = parse(opened.plugin_folder.file(f"{plugin_id}.yaml"), plugin_id, before)
    if document.problems:
        raise RefusedError(document.problems)
    _refuse_unusable(patch)
    _refuse_other_plugins(plugin_id, patch, effective(document.value, opened.settings))
    labels = ["/labels"] if patch.labelled or patch.unlabelled else []
    for pointer in (*_changed(patch), *patch.put, *patch.taken, *labels):
        _refuse_fixed(pointer, opened.settings)
    return Change(plugin_id, rewritten(plugin_id, before, _patched(before, patch, document.value)))


def _refuse_unusable(patch: Patch) -> None:
    refuse_unusable(patch.fields)
    for pointer, value in patch.put.items():
        refuse_unusable(value, pointer)
    for text in (*patch.taken, *patch.labelled, *patch.unlabelled):
        refuse_unusable(text)


def _patched(data: bytes, patch: Patch, before: JSONObject) -> bytes:
    """Return a file, whose value is `before`, with a patch done."""
    for name, value in patch.fields.items():
        if name not in _WHICH:
            data = _replaced(data, name, value, before)
    for pointer, value in patch.put.items():
        data = with_field(data, pointer, value)
    for pointer in patch.taken:
        data = unset_value(data, pointer)
    for label in patch.unlabelled:
        data = _unlabelled(data, label)
    for label in patch.labelled:
        if label not in _labels(data):
            data = with_field(data, "/labels/-", label)
    return data


def _changed(patch: Patch) -> list[str]:
    return [f"/{escape(name)}" for name in patch.fields if name not in _WHICH]


def _replaced(data: bytes, name: str, value: JSON, before: JSONObject) -> bytes:
    if value is not None:
        return with_field(data, f"/{escape(name)}", value)
    return unset_value(data, f"/{escape(name)}") if name in before else data


def _labels(data: bytes) -> list[JSON]:
    labels = parse("", "", data).value.get("labels")
    return labels if isinstance(labels, list) else []


def _unlabelled(data: bytes, label: str) -> bytes:
    """Return a file without a label, however often it is there; ApiError where it is not."""
    labels = _labels(data)
    if label not in labels:
        known = [each for each in labels if isinstance(each, str)]
        message = f"there is no label {verbatim(label)}"
        hint = did_you_mean(label, known, f"its labels are {listed(known)}" if known else "")
        raise ApiError("ERROR_INVALID_PARAMETER", message, "/labels", hint=hint)
    for number in reversed(range(len(labels))):
        if labels[number] == label:
            data = unset_value(data, f"/labels/{number}")
    return data


def _refuse_other_plugins(plugin_id: str, patch: Patch, request: JSONObject) -> None:
    """Refuse a request that speaks of another plugin than the one that is called."""
    for name in _WHICH:
        given, known = patch.fields.get(name), request.get(name)
        if name in patch.fields and given != known:
            message = (
                f"{name} of the request is {verbatim(str(given))}, of {plugin_id} it is {known}"
            )
            hint = f"take {name} out of the request, or call the plugin that is meant"
            raise ApiError("ERROR_INVALID_PARAMETER", message, f"/{name}", hint=hint)


def _refuse_fixed(pointer: str, settings: Settings) -> None:
    """Refuse a field that update may not change (policy.updatable)."""
    name = (split(pointer) or ("",))[0]
    if name in settings.updatable:
        return
    where = f"/{name}"
    if name == "image":
        message, hint = "update can't change image", "another image is another plugin: register it"
    elif name == "state":
        message, hint = "update can't change state", "call enable or disable"
    else:
        message = f"update can't change {verbatim(name)}"
        hint = did_you_mean(name, settings.updatable, f"it may change {listed(settings.updatable)}")
    raise ApiError("ERROR_INVALID_PARAMETER", message, where, hint=hint)
