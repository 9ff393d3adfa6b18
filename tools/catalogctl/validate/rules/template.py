"""Define the rules about `template.<key>.schema`, a self-contained JSON Schema of Draft 7.

Nothing is fetched and no pattern is run.
"""

from __future__ import annotations

from functools import cache
from itertools import chain, islice, starmap
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from catalogctl.did_you_mean import nearest
from catalogctl.json_pointer import child, join
from catalogctl.jsontypes import as_object
from catalogctl.validate.finding import Entry, Finding, rule
from catalogctl.validate.message_schemas import MAX_EXPLAINED, wrong_value
from catalogctl.validate.template_patterns import MAX_PATTERNS, PatternReader
from catalogctl.validate.template_schemas import DRAFT_7, TYPES
from catalogctl.wording import kind, listed, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import ValidationError

    from catalogctl.jsontypes import JSONObject
    from catalogctl.source.settings import Settings
    from catalogctl.validate.template_schemas import TemplateSchema


@rule("template-dialect", field="template")
def template_dialect(entry: Entry, _: Settings) -> Iterator[Finding]:
    """`$schema` is absent or Draft 7, at any depth."""
    for schema in entry.schemas:
        for at, part in schema.parts:
            if "$schema" in part and part["$schema"] not in DRAFT_7:
                hint = f"remove it, or write {DRAFT_7[1]}"
                message = f"$schema {verbatim(str(part['$schema']))} is not Draft 7"
                yield Finding(f"{at}/$schema", message, hint)


@rule("template-schema", field="template")
def template_schema(entry: Entry, _: Settings) -> Iterator[Finding]:
    """Every `template.<key>.schema` is a valid Draft-7 JSON Schema; `minLength: 4.0` is valid."""
    for schema in entry.schemas:
        if not isinstance(schema.value, dict):
            message = "a schema is a mapping of JSON Schema keywords"
            hint = 'write "schema: {type: object, properties: {…}}"'
            yield Finding(schema.pointer, message, hint)
        elif schema.is_draft_7:
            wrong = (root for root in schema.roots if not _meta().is_valid(root[1]))
            yield from islice(chain.from_iterable(starmap(_explain, wrong)), MAX_EXPLAINED)


@cache
def _meta() -> jsonschema_rs.Draft7Validator:
    """Return the compiled metaschema of Draft 7, which does not check formats."""
    return jsonschema_rs.Draft7Validator({"$ref": DRAFT_7[1]}, validate_formats=False)


def _explain(pointer: str, schema: JSONObject) -> Iterator[Finding]:
    """Yield what is wrong with a schema; every finding of the metaschema has its own pointer."""
    from jsonschema import Draft7Validator
    from referencing import Registry

    is_explained = False
    metaschema = dict(Draft7Validator.META_SCHEMA)
    errors = Draft7Validator(metaschema, registry=Registry()).iter_errors(schema)
    for error in errors:
        leaf = error
        while leaf.context:
            leaf = max(leaf.context, key=lambda part: len(part.absolute_path))
        is_explained = True
        at = pointer + join(leaf.absolute_path)
        yield _misuse(leaf, at)
    if not is_explained:
        yield Finding(pointer, "two validators disagree about this schema", "please report it")


def _misuse(error: ValidationError, pointer: str) -> Finding:
    """Return the finding about a misused keyword, with a hint about what to write."""
    path = list(error.absolute_path)
    keyword = next((str(step) for step in reversed(path) if isinstance(step, str)), "the schema")
    value: Any = error.instance
    if keyword == "type" and isinstance(value, str):
        message = f"type is {verbatim(value)}, which JSON Schema does not know"
        near = _OTHER_NAMES.get(value.lower()) or nearest(value, TYPES)
        hint = f'did you mean "{near}"?' if near else f"write {listed(TYPES)}"
        return Finding(pointer, message, hint)
    if keyword == "required" and isinstance(value, bool):
        hint = 'write "required: [NAME]" beside "properties": Draft 7 lists the names there'
        return Finding(pointer, f"required is {kind(value)}; a list is expected", hint)
    finding = wrong_value(error, pointer)
    return finding if finding.hint else finding._replace(hint=_SEE)


_SEE = "see https://json-schema.org/draft-07"
_OTHER_NAMES = {
    "bool": "boolean",
    "date": "string",
    "dict": "object",
    "double": "number",
    "enum": "string",
    "float": "number",
    "int": "integer",
    "list": "array",
    "long": "integer",
    "map": "object",
    "mapping": "object",
    "none": "null",
    "password": "string",
    "str": "string",
    "text": "string",
}
"""Names for the types of JSON Schema in other languages."""


@rule("template-pattern", field="template")
def template_pattern(entry: Entry, _: Settings) -> Iterator[Finding]:
    """Every `pattern`, and every name in `patternProperties`, is a regular expression."""
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
    for at, part in _draft_7_parts(entry):
        pattern = part.get("pattern")
        if isinstance(pattern, str):
            yield pattern, Finding(f"{at}/pattern", "", hint)
        if "patternProperties" in part:
            for name in as_object(part["patternProperties"]):
                yield name, Finding(child(f"{at}/patternProperties", name), "", hint, at_key=True)


def _draft_7_parts(entry: Entry) -> Iterator[tuple[str, JSONObject]]:
    return (part for schema in entry.schemas if schema.is_draft_7 for part in schema.parts)


@rule("template-ref", field="template")
def template_ref(entry: Entry, _: Settings) -> Iterator[Finding]:
    """A `$ref` refers to a schema of the same document; nothing is fetched."""
    for schema in entry.schemas:
        if schema.is_draft_7:
            yield from broken_refs(schema)


def broken_refs(schema: TemplateSchema) -> Iterator[Finding]:
    """Yield a finding for each `$ref` to another document, or to nothing in this one."""
    for pointer, ref, is_remote in schema.broken_refs:
        if is_remote:
            hint = 'copy it into "definitions" and write "#/definitions/…"'
            message = f"$ref {verbatim(ref)} is remote: nothing is fetched"
        else:
            hint = 'write "#/definitions/NAME" with a NAME that is there'
            message = f"$ref {verbatim(ref)} points at nothing"
        yield Finding(pointer, message, hint)
