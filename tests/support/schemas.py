"""The project's schemas, for tests: read from the checkout, with two validators for each."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import jsonschema
import jsonschema_rs
from referencing import Registry, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catalogctl.jsontypes import JSON, JSONObject

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "schemas"
SUFFIX = ".schema.json"
MESSAGES = tuple(sorted(path.name.removesuffix(SUFFIX) for path in FOLDER.glob("*.json")))
_BASE = "https://catalog.invalid/schemas/"


@cache
def schema(message: str) -> JSONObject:
    """Return the schema of a message."""
    loaded: JSONObject = json.loads((FOLDER / f"{message}{SUFFIX}").read_text(encoding="utf-8"))
    return loaded


class Validators(NamedTuple):
    """The two validators of one schema: the one that explains, and the compiled one."""

    explaining: jsonschema.Draft202012Validator
    compiled: jsonschema_rs.Draft202012Validator

    def accept(self, value: JSON) -> bool:
        """Return whether a value is valid; both have to say the same."""
        verdicts = (self.explaining.is_valid(value), self.compiled.is_valid(value))
        assert verdicts[0] is verdicts[1], f"{verdicts} about {value!r}"
        return verdicts[0]


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is not fetched")


@cache
def validators(message: str) -> Validators:
    """Return both validators of a schema; its neighbours are known, nothing is fetched."""
    uris = {f"{_BASE}{name}{SUFFIX}": schema(name) for name in MESSAGES}
    known: Registry[bool | Mapping[str, Any]] = Registry().with_resources(
        [(uri, Resource.from_contents(value)) for uri, value in uris.items()]
    )
    uri = f"{_BASE}{message}{SUFFIX}"
    return Validators(
        jsonschema.Draft202012Validator({"$ref": uri}, registry=known),
        jsonschema_rs.Draft202012Validator(
            schema(message),
            registry=jsonschema_rs.Registry(list(uris.items()), retriever=_refuse),
            base_uri=uri,
            retriever=_refuse,
        ),
    )


def subschemas(part: JSON, pointer: str = "") -> Iterator[tuple[str, JSONObject]]:
    """Yield every schema inside a schema, itself first, with its pointer; no data in it."""
    if not isinstance(part, dict):
        return
    yield pointer, part
    for keyword, inner in part.items():
        at = f"{pointer}/{keyword}"
        if keyword in {"properties", "$defs"} and isinstance(inner, dict):
            for name, member in inner.items():
                yield from subschemas(member, f"{at}/{name}")
        elif keyword in {"allOf", "anyOf", "oneOf"} and isinstance(inner, list):
            for number, member in enumerate(inner):
                yield from subschemas(member, f"{at}/{number}")
        elif keyword in {"items", "additionalProperties", "propertyNames", "if", "then", "not"}:
            yield from subschemas(inner, at)
