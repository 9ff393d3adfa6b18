"""Resolve the references of a Draft 7 schema within its own document; nothing is fetched.

A `$ref` is resolved as in Draft 7 (core, 8): against the `$id`s above it, to a schema with that
`$id`, to a pointer into one, or to a name defined by an `$id` of the form `#name`.
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
    """Yield a finding for each `$ref` to another document, or to nothing in this one."""
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
    """A schema, and the addresses of its parts, which are read for the first `$ref`."""

    def __init__(self, root: JSONObject) -> None:
        self._root = root
        self._known: dict[str, JSON] = {}
        self._bases: dict[int, str] = {}

    def follow(self, schema: JSON) -> JSON:
        """Return the schema that a schema refers to, possibly through a chain of references.

        A chain that is circular, or leads nowhere, results in an empty schema.
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
        """Return the target of a reference in a schema, or None if it does not exist.

        Raise LookupError if it refers to another document.
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
        """Register a schema and every schema in it."""
        waiting = [(schema, base)]
        while waiting:
            part, above = waiting.pop()
            if id(part) not in self._bases:
                below = self._bases[id(part)] = self._named(part, above)
                waiting += [(each, below) for _, each in schemas_below("", part)]

    def _named(self, schema: JSONObject, base: str) -> str:
        """Return the base address in a schema, which its `$id` may change; register its names."""
        name = schema.get("$id")
        if not isinstance(name, str) or "$ref" in schema:  # keywords next to $ref are ignored
            return base
        address, fragment = _joined(name, base)
        if fragment:
            self._known.setdefault(f"{address}#{unquote(fragment)}", schema)
        if not name.startswith("#"):
            self._known.setdefault(address, schema)
        return address


def _joined(reference: str, base: str) -> tuple[str, str]:
    """Return the complete address and the fragment of a reference."""
    way, _, fragment = reference.partition("#")
    try:
        return urljoin(base, way), fragment
    except ValueError:  # brackets that are not an IP address
        return way, fragment


def _pointed(place: JSON, fragment: str) -> JSON:
    """Return the value at a pointer in the form of a fragment, or None if there is none."""
    for name in (unescape(unquote(part)) for part in fragment.split("/")[1:]):
        if isinstance(place, dict) and name in place:
            place = place[name]
        elif isinstance(place, list) and name.isdecimal() and int(name) < len(place):
            place = place[int(name)]
        else:
            return None
    return place
