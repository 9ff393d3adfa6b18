"""Follow the references of a Draft 7 schema within its own document; nothing is fetched.

A `$ref` is resolved as Draft 7 has it (core, 8): against the `$id`s above it, to a schema with that
`$id`, to a pointer into one, or to a name that an `$id` of the form `#name` gives.
`site/js/references.js` does the same for the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from catalogctl.json_pointer import unescape
from catalogctl.validate.finding import Finding
from catalogctl.validate.template_schemas import schema_parts, schemas_below
from catalogctl.wording import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject


def broken_refs(pointer: str, schema: JSONObject) -> Iterator[Finding]:
    """Yield a finding for each `$ref` that leads out of the schema, or to nothing in it."""
    references = References(schema)
    for at, part in schema_parts(pointer, schema):
        ref = part.get("$ref")
        if not isinstance(ref, str):
            continue
        try:
            target = references.target(ref, part)
        except LookupError:
            hint = 'copy it into "definitions" and write "#/definitions/…"'
            message = f"$ref {verbatim(ref)} is remote: nothing is fetched"
            yield Finding(f"{at}/$ref", message, hint)
        else:
            if not isinstance(target, dict | bool):
                hint = 'write "#/definitions/NAME" with a NAME that is there'
                yield Finding(f"{at}/$ref", f"$ref {verbatim(ref)} points at nothing", hint)


class References:
    """A schema, and what its parts can be called; they are read when the first `$ref` is met."""

    def __init__(self, root: JSONObject) -> None:
        self._root = root
        self._known: dict[str, JSON] = {}
        self._bases: dict[int, str] = {}

    def follow(self, schema: JSON) -> JSON:
        """Return the schema that stands for one, which may be a chain of references.

        A chain that leads in a circle, or nowhere, ends as an empty schema.
        """
        seen: set[int] = set()
        while isinstance(schema, dict) and isinstance(reference := schema.get("$ref"), str):
            if id(schema) in seen:
                return {}
            seen.add(id(schema))
            try:
                target = self.target(reference, schema)
            except LookupError:
                target = None
            schema = {} if target is None else target
        return schema

    def target(self, reference: str, schema: JSONObject) -> JSON:
        """Return what a reference in a schema leads to, None where nothing is there.

        LookupError: it leads to a document that is not this one.
        """
        if not self._bases:
            self._known[""] = self._root
            self._read(self._root, "")
        address, fragment = _joined(reference, self._bases.get(id(schema), ""))
        if address not in self._known:
            raise LookupError(address)
        if fragment and not fragment.startswith("/"):
            return self._known.get(f"{address}#{unquote(fragment)}")
        target = _pointed(self._known[address], fragment)
        if isinstance(target, dict):
            self._read(target, address)
        return target

    def _read(self, schema: JSONObject, base: str) -> None:
        """Note a schema and every schema in it."""
        waiting = [(schema, base)]
        while waiting:
            part, above = waiting.pop()
            if id(part) not in self._bases:
                below = self._bases[id(part)] = self._named(part, above)
                waiting += [(each, below) for _, each in schemas_below("", part)]

    def _named(self, schema: JSONObject, base: str) -> str:
        """Return the address that holds in a schema, which its own `$id` may change."""
        name = schema.get("$id")
        if not isinstance(name, str) or "$ref" in schema:  # what stands beside $ref is ignored
            return base
        address, fragment = _joined(name, base)
        if fragment:
            self._known.setdefault(f"{address}#{unquote(fragment)}", schema)
        if not name.startswith("#"):
            self._known.setdefault(address, schema)
        return address


def _joined(reference: str, base: str) -> tuple[str, str]:
    """Return a reference as its whole address and its fragment."""
    way, _, fragment = reference.partition("#")
    try:
        return urljoin(base, way), fragment
    except ValueError:  # brackets that are no address
        return way, fragment


def _pointed(place: JSON, fragment: str) -> JSON:
    """Return what a pointer reaches, as a fragment has it; None where nothing is."""
    for name in (unescape(unquote(part)) for part in fragment.split("/")[1:]):
        if isinstance(place, dict) and name in place:
            place = place[name]
        elif isinstance(place, list) and name.isdecimal() and int(name) < len(place):
            place = place[int(name)]
        else:
            return None
    return place
