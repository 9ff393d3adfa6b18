"""Plan the call update: change fields of a plugin, as far as policy allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl import json_pointer
from catalogctl.calls.planned_change import PlannedChange, read_plugin, rewritten
from catalogctl.calls.settable_fields import with_field
from catalogctl.did_you_mean import did_you_mean
from catalogctl.edit import unset_value
from catalogctl.edit.number_spelling import with_numbers_as_in
from catalogctl.errors import ApiError
from catalogctl.schemas import fields
from catalogctl.source.document import parse
from catalogctl.validate.effective_request import effective
from catalogctl.validate.finding import Finding
from catalogctl.validate.spelling import misplaced
from catalogctl.validate.unsupported_values import refuse_unsupported
from catalogctl.wording import listed, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.calls.planned_change import WriteRequest
    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.pipeline.open_catalog import OpenCatalog
    from catalogctl.source.settings import Settings

_IDENTIFYING = ("plugin_id", "domain_id")
"""Members of UpdatePluginRequest that identify the plugin and change nothing."""


@dataclass(frozen=True, slots=True)
class Patch:
    """The changes of an update, applied in this order.

    Each field of `request` is replaced as a whole (null removes it), each pointer of `values` gets
    its value, each pointer of `removed` is removed, the labels of `removed_labels` are removed, and
    those of `added_labels` are added.
    """

    request: WriteRequest
    values: Mapping[str, JSON]
    removed: tuple[str, ...]
    added_labels: tuple[str, ...]
    removed_labels: tuple[str, ...]

    def pointers(self) -> Iterator[str]:
        """Yield a pointer to everything that the patch may change."""
        yield from (
            json_pointer.join((name,)) for name in self.request.fields if name not in _IDENTIFYING
        )
        yield from self.values
        yield from self.removed
        if self.added_labels or self.removed_labels:
            yield "/labels"


def update(opened: OpenCatalog, plugin_id: str, patch: Patch) -> PlannedChange:
    """Return the change that a patch makes. Raise ApiError if update may not make it."""
    document = read_plugin(opened, plugin_id)
    _refuse_unsupported(patch)
    _refuse_other_plugins(plugin_id, patch, effective(document.value, opened.settings))
    file = _with_fields(document.value, patch.request.fields, opened.settings)
    fixed = [*_fixed_fields(patch, opened.settings)]
    patch.request.refuse_flawed(file, opened.settings, fixed)
    if fixed:
        pointer, message, hint, *_ = fixed[0]
        raise ApiError("ERROR_INVALID_PARAMETER", message, pointer, hint=hint)
    return rewritten(plugin_id, document.data, _patched(document.data, patch, document.value))


def _refuse_unsupported(patch: Patch) -> None:
    refuse_unsupported(patch.request.fields)
    for pointer, value in patch.values.items():
        refuse_unsupported(value, pointer)
    for text in (*patch.removed, *patch.added_labels, *patch.removed_labels):
        refuse_unsupported(text)


def _with_fields(before: JSONObject, fields: JSONObject, settings: Settings) -> JSONObject:
    """Return the value of a plugin file with the fields of a request that update may change."""
    allowed = {n: v for n, v in fields.items() if n in settings.updatable or n not in before}
    return {name: value for name, value in (before | allowed).items() if value is not None}


def _with_request(data: bytes, request: WriteRequest, before: JSONObject) -> bytes:
    """Return a file's bytes with the fields of a request; `before` is the file's value."""
    for name, value in request.fields.items():
        if name in _IDENTIFYING:
            continue
        if value is not None:
            data = with_field(data, json_pointer.join((name,)), value)
        elif name in before:
            data = unset_value(data, json_pointer.join((name,)))
    return data if request.document is None else with_numbers_as_in(data, request.document.data)


def _patched(data: bytes, patch: Patch, before: JSONObject) -> bytes:
    """Return a file's bytes with a patch applied; `before` is the file's value."""
    data = _with_request(data, patch.request, before)
    for pointer, value in patch.values.items():
        data = with_field(data, pointer, value)
    for pointer in patch.removed:
        data = unset_value(data, pointer)
    for label in patch.removed_labels:
        data = _without_label(data, label)
    for label in patch.added_labels:
        if label not in _labels(data):
            data = with_field(data, "/labels/-", label)
    return data


def _labels(data: bytes) -> list[JSON]:
    labels = parse("", "", data).value.get("labels")
    return labels if isinstance(labels, list) else []


def _without_label(data: bytes, label: str) -> bytes:
    """Return a file without any occurrence of a label. Raise ApiError if it does not occur."""
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
    """Raise ApiError if a request names another plugin than the call."""
    for name in _IDENTIFYING:
        given, known = patch.request.fields.get(name), request.get(name)
        if name in patch.request.fields and given != known:
            ours = f"is {known}" if known is not None else "has none"
            message = (
                f"{name} of the request is {verbatim(str(given))}, and that of {plugin_id} {ours}"
            )
            hint = f"take {name} out of the request, or call the plugin that is meant"
            raise ApiError("ERROR_INVALID_PARAMETER", message, f"/{name}", hint=hint)


def _fixed_fields(patch: Patch, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each change that update may not make (policy.updatable)."""
    hints = {
        "image": "another image is another plugin: register it",
        "state": "call enable or disable",
    }
    allowed = f"it may change {listed(settings.updatable)}"
    for pointer in patch.pointers():
        name = (json_pointer.split(pointer) or ("",))[0]
        if name in settings.updatable:
            continue
        hint = hints.get(name) or misplaced(name, fields("PluginFile"))
        hint = hint or did_you_mean(name, settings.updatable, allowed)
        message = f"update can't change {name if name in hints else verbatim(name)}"
        yield Finding(f"/{name}", message, hint)
