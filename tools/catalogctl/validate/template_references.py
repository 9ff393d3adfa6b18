"""Resolve the references of a Draft 7 schema within its own document; nothing is fetched.

A `$ref` is resolved as in Draft 7 (core, 8): against the `$id`s above it, to a schema with that
`$id`, to a pointer into one, or to a name defined by an `$id` of the form `#name`.
`site/js/references.js` does the same for the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from catalogctl.json_pointer import escape, join, unescape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.jsontypes import JSON, JSONObject

_ONE_SCHEMA = frozenset(
    {
        "additionalItems",
        "additionalProperties",
        "contains",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
    }
)
_LISTS = frozenset({"allOf", "anyOf", "items", "oneOf"})
_MAPPINGS = frozenset({"definitions", "dependencies", "patternProperties", "properties"})
_HOLD_SCHEMAS = _ONE_SCHEMA | _LISTS | _MAPPINGS


class References:
    """A schema at a pointer, and the addresses of its parts, read for the first `$ref`."""

    def __init__(self, root: JSONObject, pointer: str = "") -> None:
        self._root = pointer, root
        self._known: dict[str, tuple[str, JSON]] = {}
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
        return self.located(reference, schema)[1]

    def located(self, reference: str, schema: JSONObject) -> tuple[str, JSON]:
        """Return the pointer and the value of a reference's target, as `target` does."""
        if not self._bases:
            self._known[""] = self._root
            self._read(*self._root, "")
        address, fragment = _joined(reference, self._bases.get(id(schema), ""))
        if address not in self._known:
            raise LookupError(address)
        if fragment and not fragment.startswith("/"):
            return self._known.get(f"{address}#{unquote(fragment)}", ("", None))
        pointer, place = self._known[address]
        names = [unescape(unquote(part)) for part in fragment.split("/")[1:]]
        target = _pointed(place, names)
        pointer += join(names)
        if isinstance(target, dict):
            self._read(pointer, target, address)
        return pointer, target

    def _read(self, pointer: str, schema: JSONObject, base: str) -> None:
        """Register a schema and every schema in it."""
        waiting = [(pointer, schema, base)]
        while waiting:
            at, part, above = waiting.pop()
            if id(part) not in self._bases:
                below = self._bases[id(part)] = self._named(at, part, above)
                waiting += [(*each, below) for each in schemas_below(at, part)]

    def _named(self, pointer: str, schema: JSONObject, base: str) -> str:
        """Return the base address in a schema, which its `$id` may change; register its names."""
        name = schema.get("$id")
        if not isinstance(name, str) or "$ref" in schema:  # keywords next to $ref are ignored
            return base
        address, fragment = _joined(name, base)
        if fragment:
            self._known.setdefault(f"{address}#{unquote(fragment)}", (pointer, schema))
        if not name.startswith("#"):
            self._known.setdefault(address, (pointer, schema))
        return address


def schemas_below(pointer: str, schema: JSONObject) -> Iterator[tuple[str, JSONObject]]:
    """Yield the direct subschemas of a schema, each with its pointer."""
    for keyword, value in schema.items():
        if keyword not in _HOLD_SCHEMAS:  # as most
            continue
        below = f"{pointer}/{keyword}"
        parts: list[tuple[str, JSON]] = []
        if keyword in _ONE_SCHEMA and isinstance(value, dict):
            parts = [(below, value)]
        elif keyword in _LISTS and isinstance(value, list):
            parts = [(f"{below}/{index}", each) for index, each in enumerate(value)]
        elif keyword in _MAPPINGS and isinstance(value, dict):
            parts = [(f"{below}/{escape(name)}", each) for name, each in value.items()]
        for at, part in parts:
            if isinstance(part, dict):
                yield at, part


def _joined(reference: str, base: str) -> tuple[str, str]:
    """Return the complete address and the fragment of a reference."""
    way, _, fragment = reference.partition("#")
    try:
        return urljoin(base, way), fragment
    except ValueError:  # brackets that are not an IP address
        return way, fragment


def _pointed(place: JSON, names: Iterable[str]) -> JSON:
    """Return the value below another one that these names lead to, or None if there is none."""
    for name in names:
        if isinstance(place, dict) and name in place:
            place = place[name]
        elif isinstance(place, list) and _is_index(name) and int(name) < len(place):
            place = place[int(name)]
        else:
            return None
    return place


def _is_index(name: str) -> bool:
    return name.isdecimal() and len(name) <= _LONGEST


_LONGEST = 9
"""Limit of the digits of an index: no file has room for more elements."""
