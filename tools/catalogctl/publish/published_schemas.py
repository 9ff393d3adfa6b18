"""Publish the project's JSON Schemas, with an `$id` under the catalog's own address.

Schemas refer to each other by file name, so references work wherever the tree is served.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import msgspec

from catalogctl import resources
from catalogctl.publish.endpoints import SCHEMA, filled
from catalogctl.publish.json_bytes import json_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeAlias

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.publish.build_context import File

    Schemas: TypeAlias = Mapping[str, JSONObject]

SUFFIX = ".schema.json"
_ANYWHERE = "https://schemas.invalid/"

_PARTS = "$defs"
_OF_SCHEMAS = frozenset(
    {_PARTS, "definitions", "dependentSchemas", "patternProperties", "properties"}
)
"""Keywords whose members are schemas with arbitrary names."""
_OF_VALUES = frozenset({"const", "default", "enum", "examples"})
"""Keywords that contain values; `$ref` inside them is not a reference."""


def project_schemas() -> dict[str, JSONObject]:
    """Return the project's schemas, sorted by message."""
    folder = resources.folder("schemas")
    return {
        path.name.removesuffix(SUFFIX): msgspec.json.decode(path.read_bytes())
        for path in sorted(folder.glob(f"*{SUFFIX}"))
    }


def schema_files(schemas: Schemas, base_url: str | None) -> Iterator[File]:
    """Yield each schema; it has no `$id` if there is no base URL."""
    targets = _targets(schemas)
    for message, schema in schemas.items():
        path = filled(SCHEMA, {"message": message})
        made = _rewritten(
            schema, partial(_file_reference, base=_base(message, schema), targets=targets)
        )
        made.pop("$id", None)
        dialect = made.pop("$schema", None)
        head: JSONObject = {} if dialect is None else {"$schema": dialect}
        if base_url is not None:
            head["$id"] = base_url + path
        yield path, json_file({**head, **made})


def components(schemas: Schemas) -> JSONObject:
    """Return the schemas as components of one OpenAPI document, with references inside it.

    A schema's own `$defs` become components too, named after themselves and the message, because
    OpenAPI tools only follow references to components, not to parts of one.
    """
    targets = _targets(schemas)
    found: JSONObject = {}
    for message, schema in schemas.items():
        made = _rewritten(schema, partial(_component, base=_base(message, schema), targets=targets))
        for keyword in ("$id", "$schema"):
            made.pop(keyword, None)
        parts = made.pop(_PARTS, {})
        found[message] = made
        if isinstance(parts, dict):
            found |= {_part_name(message, name): part for name, part in parts.items()}
    return found


def _base(message: str, schema: JSONObject) -> str:
    """Return the base URI of a schema's references."""
    given = schema.get("$id")
    return urljoin(_ANYWHERE, given) if isinstance(given, str) else _named(message)


def _named(message: str) -> str:
    return f"{_ANYWHERE}{message}{SUFFIX}"


def _targets(schemas: Schemas) -> dict[str, str]:
    """Return the message for each URI that may refer to a schema."""
    return {
        uri: message
        for message, schema in schemas.items()
        for uri in (_named(message), _base(message, schema))
    }


def _split(ref: str, base: str, targets: Mapping[str, str]) -> tuple[str, str]:
    """Return (message, fragment) of a reference; raise ValueError if the schema is unknown."""
    uri, _, fragment = urljoin(base, ref).partition("#")
    if uri not in targets:
        raise ValueError(f"{base} refers to {ref}, which is not a schema of this project")
    return targets[uri], fragment


def _file_reference(ref: str, base: str, targets: Mapping[str, str]) -> str:
    """Return a reference as used between files in the same folder."""
    if ref.startswith("#"):
        return ref
    message, fragment = _split(ref, base, targets)
    return f"{message}{SUFFIX}" + (f"#{fragment}" if fragment else "")


def _component(ref: str, base: str, targets: Mapping[str, str]) -> str:
    """Return a reference as used between components of an OpenAPI document."""
    message, fragment = _split(ref, base, targets)
    part = fragment.removeprefix(f"/{_PARTS}/")
    if "/" in part:
        raise ValueError(f"{base} refers to {ref}, which is not a component")
    return f"#/components/schemas/{_part_name(message, part) if part else message}"


def _part_name(message: str, part: str) -> str:
    """Return a component name for a schema's own part that no code generator uses otherwise.

    Generators name nested types by the message, then the member, so here the part comes first.
    """
    return f"{part}Of{message}"


def _rewritten(schema: JSONObject, change: Callable[[str], str]) -> JSONObject:
    """Return a schema with every `$ref` changed and everything else unchanged."""
    made: JSONObject = {}
    for keyword, value in schema.items():
        if keyword == "$ref" and isinstance(value, str):
            made[keyword] = change(value)
        elif keyword in _OF_VALUES:
            made[keyword] = value
        elif keyword in _OF_SCHEMAS and isinstance(value, dict):
            made[keyword] = {name: _inside(member, change) for name, member in value.items()}
        else:
            made[keyword] = _inside(value, change)
    return made


def _inside(value: JSON, change: Callable[[str], str]) -> JSON:
    if isinstance(value, dict):
        return _rewritten(value, change)
    if isinstance(value, list):
        return [_inside(item, change) for item in value]
    return value
