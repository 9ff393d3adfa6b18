"""Where the references of a Draft-7 schema lead within the schema itself; nothing is fetched.

`site/js/references.js` does the same for the form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from catalogctl.json_pointer import unescape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

_HERE = "https://schema.invalid/"
_ONE = (
    *("additionalItems", "additionalProperties", "contains", "else", "if", "items", "not"),
    *("propertyNames", "then"),
)
_LISTS = ("allOf", "anyOf", "items", "oneOf")
_MAPPINGS = ("definitions", "dependencies", "patternProperties", "properties")


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
            schema = self._target(reference, schema)
        return schema

    def _target(self, reference: str, schema: JSONObject) -> JSON:
        if not self._known:
            self._known[_HERE] = self._root
            self._read(self._root, _HERE)
        address, fragment = _joined(reference, self._bases.get(id(schema), _HERE))
        if fragment and not fragment.startswith("/"):
            return self._known.get(f"{address}#{unquote(fragment)}", {})
        target = _pointed(self._known.get(address, {}), fragment)
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
                waiting += [(each, below) for each in _parts(part)]

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
    """Return what a pointer reaches, as a fragment has it; an empty schema where nothing is."""
    for name in (unescape(unquote(part)) for part in fragment.split("/")[1:]):
        if isinstance(place, dict) and name in place:
            place = place[name]
        elif isinstance(place, list) and name.isdecimal() and int(name) < len(place):
            place = place[int(name)]
        else:
            return {}
    return place


def _parts(schema: JSONObject) -> Iterator[JSONObject]:
    """Yield the schemas directly below one."""
    found = [schema.get(keyword) for keyword in _ONE]
    for keyword in _LISTS:
        value = schema.get(keyword)
        found += value if isinstance(value, list) else []
    for keyword in _MAPPINGS:
        value = schema.get(keyword)
        found += value.values() if isinstance(value, dict) else []
    yield from (part for part in found if isinstance(part, dict))
