"""Find the references of a Draft 7 schema that lead nowhere in its own document.

A `$ref` is resolved as Draft 7 has it (core, 8): against the `$id`s above it, to a schema with that
`$id`, to a pointer into one, or to a name that an `$id` of the form `#name` gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin

from catalogctl.json_pointer import unescape
from catalogctl.validate.finding import Finding
from catalogctl.validate.template_schemas import schemas_below
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject


class _Part(NamedTuple):
    """A schema in a schema, and the address that its references are relative to."""

    pointer: str
    schema: JSONObject
    base: str


class _Names(NamedTuple):
    """What can be pointed at: schemas by their address, and addresses with `#name`."""

    schemas: dict[str, JSONObject]
    anchors: set[str]


def broken_refs(pointer: str, schema: JSONObject) -> Iterator[Finding]:
    """Yield a finding for each `$ref` that leads out of the schema, or to nothing in it."""
    names = _Names({"": schema}, set())
    parts = list(_parts(pointer, schema, names))
    for part in parts:
        ref = part.schema.get("$ref")
        if isinstance(ref, str):
            finding = _broken(ref, part, names)
            if finding is not None:
                yield finding


def _parts(pointer: str, schema: JSONObject, names: _Names) -> Iterator[_Part]:
    """Yield all schemas in a schema, and note what they are called."""
    waiting = [_Part(pointer, schema, "")]
    while waiting:
        part = waiting.pop()
        base = _named(part, names)
        yield part._replace(base=base)
        for at, below in schemas_below(part.pointer, part.schema):
            waiting.append(_Part(at, below, base))


def _named(part: _Part, names: _Names) -> str:
    """Return the address that holds below a schema, which its `$id` may change."""
    name = part.schema.get("$id")
    if not isinstance(name, str) or "$ref" in part.schema:  # what stands beside $ref is ignored
        return part.base
    address, _, anchor = _joined(part.base, name).partition("#")
    if anchor:
        names.anchors.add(f"{address}#{unquote(anchor)}")
    if not name.startswith("#"):
        names.schemas.setdefault(address, part.schema)
    return address


def _joined(base: str, reference: str) -> str:
    """Return a reference as a whole address; Python joins no fragment to a URN."""
    if reference.startswith("#"):
        return base + reference
    try:
        return urljoin(base, reference)
    except ValueError:  # brackets that are not an address
        return reference


def _broken(ref: str, part: _Part, names: _Names) -> Finding | None:
    """Return what is wrong with a reference; None when it leads to a schema."""
    at = f"{part.pointer}/$ref"
    address, _, fragment = _joined(part.base, ref).partition("#")
    target = names.schemas.get(address)
    if target is None:
        hint = 'copy it into "definitions" and write "#/definitions/…"'
        return Finding(at, f"$ref {verbatim(ref)} is remote: nothing is fetched", hint)
    is_there = (
        _leads_somewhere(target, fragment)
        if not fragment or fragment.startswith("/")
        else f"{address}#{unquote(fragment)}" in names.anchors
    )
    if is_there:
        return None
    hint = 'write "#/definitions/NAME" with a NAME that is there'
    return Finding(at, f"$ref {verbatim(ref)} points at nothing", hint)


def _leads_somewhere(schema: JSONObject, pointer: str) -> bool:
    """Return whether a pointer, as a fragment has it, reaches a schema."""
    value: JSON = schema
    for step in (unescape(unquote(part)) for part in pointer.split("/")[1:]):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return False
    return isinstance(value, dict | bool)
