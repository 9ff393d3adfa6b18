"""Rules about `template.<key>.schema`: a JSON Schema of Draft 7, complete in itself.

Nothing is fetched and no pattern is run.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

import jsonschema_rs

from catalogctl.source.positions import escape, unescape
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.validate.patterns import MAX_PATTERNS, PatternReader
from catalogctl.validate.schemas import MAX_EXPLAINED
from catalogctl.validate.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.source.settings import Settings

DRAFT_7 = ("http://json-schema.org/draft-07/schema", "http://json-schema.org/draft-07/schema#")

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


def _schemas(entry: Entry) -> Iterator[tuple[str, JSON]]:
    """Yield each `template.<key>.schema` that is given, with its pointer."""
    template = entry.request.get("template")
    for key, part in (template if isinstance(template, dict) else {}).items():
        if isinstance(part, dict) and part.get("schema") is not None:
            yield f"/template/{escape(key)}/schema", part["schema"]


def _mentions(entry: Entry, word: bytes) -> bool:
    """Tell from the file's bytes whether a keyword may stand in it; a backslash may hide one.

    The line for an editor (`$schema=…`) is no keyword.
    """
    data = entry.document.data
    return (word in data and data.count(word) > data.count(word + b"=")) or b"\\" in data


_DIALECT = b"$schema"
_REF = b"$ref"
_PATTERNS = b"pattern"


def _usable(entry: Entry) -> Iterator[tuple[str, JSONObject]]:
    """Yield the schemas that are mappings of the right dialect."""
    for pointer, schema in _schemas(entry):
        if isinstance(schema, dict) and schema.get("$schema", DRAFT_7[0]) in DRAFT_7:
            yield pointer, schema


@rule("template-dialect", field="template")
def template_dialect(entry: Entry, _: Settings) -> Iterator[Finding]:
    """`$schema` is absent or Draft 7, wherever it stands."""
    if not _mentions(entry, _DIALECT):
        return
    for pointer, schema in _schemas(entry):
        if isinstance(schema, dict):
            for at, part in _subschemas(pointer, schema):
                dialect = part.get("$schema", DRAFT_7[0])
                if dialect not in DRAFT_7:
                    hint = f"take it out, or write {DRAFT_7[1]}"
                    message = f"$schema {shown(str(dialect))} is not Draft 7"
                    yield Finding(f"{at}/$schema", message, hint)


@rule("template-schema", field="template")
def template_schema(entry: Entry, _: Settings) -> Iterator[Finding]:
    """Every `template.<key>.schema` is a valid Draft-7 JSON Schema; `minLength: 4.0` is valid."""
    for pointer, schema in _schemas(entry):
        if not isinstance(schema, dict):
            message = "a schema is a mapping of JSON Schema keywords"
            yield Finding(pointer, message, 'write "schema: {type: object, properties: {…}}"')
    for pointer, schema in _usable(entry):
        if not _meta().is_valid(schema):
            yield from _explain(pointer, schema)


@cache
def _meta() -> jsonschema_rs.Draft7Validator:
    """Return the compiled metaschema of Draft 7, which asserts no formats."""
    return jsonschema_rs.Draft7Validator({"$ref": DRAFT_7[1]}, validate_formats=False)


def _explain(pointer: str, schema: JSONObject) -> Iterator[Finding]:
    """Yield what is wrong with a schema; every finding of the metaschema has its own place."""
    from jsonschema import Draft7Validator
    from referencing import Registry

    found = False
    metaschema = dict(Draft7Validator.META_SCHEMA)
    errors = Draft7Validator(metaschema, registry=Registry()).iter_errors(schema)
    for error in islice(errors, MAX_EXPLAINED):
        leaf = error
        while leaf.context:
            leaf = max(leaf.context, key=lambda part: len(part.absolute_path))
        found = True
        at = pointer + "".join("/" + escape(step) for step in leaf.absolute_path)
        keyword = at.rpartition("/")[2] if leaf.absolute_path else "the schema"
        hint = "see https://json-schema.org/draft-07"
        yield Finding(at, f"{keyword} is no valid use of this JSON Schema keyword", hint)
    if not found:
        yield Finding(pointer, "two validators disagree about this schema", "please report it")


@rule("template-pattern", field="template")
def template_pattern(entry: Entry, _: Settings) -> Iterator[Finding]:
    """Every `pattern`, and every name in `patternProperties`, is a regular expression."""
    if not _mentions(entry, _PATTERNS):
        return
    reader = PatternReader()
    for number, (pattern, place) in enumerate(_patterns(entry), start=1):
        if number > MAX_PATTERNS:
            message = f"the templates of this file have more than {MAX_PATTERNS} patterns"
            yield place._replace(message=message, hint="take some of them out")
            return
        flaw = reader.flaw(pattern)
        if flaw:
            yield place._replace(message=flaw)


def _patterns(entry: Entry) -> Iterator[tuple[str, Finding]]:
    """Yield each pattern of the templates, with a finding at its place."""
    hint = "close its brackets, escape its backslashes"
    for pointer, schema in _usable(entry):
        for at, part in _subschemas(pointer, schema):
            pattern = part.get("pattern")
            if isinstance(pattern, str):
                yield pattern, Finding(f"{at}/pattern", "", hint)
            names = part.get("patternProperties")
            for name in names if isinstance(names, dict) else ():
                yield name, Finding(f"{at}/patternProperties/{escape(name)}", "", hint, at_key=True)


@rule("template-ref", field="template")
def template_ref(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A local `$ref` points at something; any other one is remote, and nothing is fetched."""
    if not _mentions(entry, _REF):
        return
    for pointer, schema in _usable(entry):
        names: set[str] | None = None
        for at, part in _subschemas(pointer, schema):
            ref = part.get("$ref")
            if not isinstance(ref, str) or ref == "#":
                continue
            if not ref.startswith("#"):
                hint = 'copy it into "definitions" and write "#/definitions/…"'
                yield Finding(
                    f"{at}/$ref", f"$ref {shown(ref)} is remote: nothing is fetched", hint
                )
                continue
            if names is None:
                names = _anchors(pointer, schema)
            if ref not in names and not _leads_somewhere(schema, ref):
                hint = 'write "#/definitions/NAME" with a NAME that is there'
                yield Finding(f"{at}/$ref", f"$ref {shown(ref)} points at nothing", hint)


def _anchors(pointer: str, schema: JSONObject) -> set[str]:
    """Return the `$id`s of the form `#name` in a schema (Draft 7, core 8.2.3)."""
    ids = (part.get("$id") for _, part in _subschemas(pointer, schema))
    return {name for name in ids if isinstance(name, str) and name.startswith("#")}


def _leads_somewhere(schema: JSONObject, ref: str) -> bool:
    """Say whether `#/a/b` reaches a schema."""
    from urllib.parse import unquote

    if not ref.startswith("#/"):
        return False
    value: JSON = schema
    for step in (unescape(unquote(part)) for part in ref[2:].split("/")):
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return False
    return isinstance(value, dict | bool)


def _subschemas(pointer: str, schema: JSONObject) -> Iterator[tuple[str, JSONObject]]:
    """Yield a schema and all schemas in it, by Draft 7's keywords; data in it is not looked at."""
    waiting: list[tuple[str, JSON]] = [(pointer, schema)]
    while waiting:
        at, part = waiting.pop()
        if not isinstance(part, dict):
            continue
        yield at, part
        for keyword, value in part.items():
            below = f"{at}/{keyword}"
            if keyword in _ONE_SCHEMA and isinstance(value, dict):
                waiting.append((below, value))
            elif keyword in _LISTS and isinstance(value, list):
                waiting += [(f"{below}/{index}", each) for index, each in enumerate(value)]
            elif keyword in _MAPPINGS and isinstance(value, dict):
                waiting += [(f"{below}/{escape(name)}", each) for name, each in value.items()]
