"""Find the JSON Schemas of a plugin's template, and all their subschemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.json_pointer import escape
from catalogctl.jsontypes import as_object
from catalogctl.validate.template_references import References, schemas_below

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

DRAFT_7 = ("http://json-schema.org/draft-07/schema", "http://json-schema.org/draft-07/schema#")
TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
"""The types that a schema can name."""


class BrokenRef(NamedTuple):
    """A `$ref` to another document, which is remote, or to nothing in this one, and its pointer."""

    pointer: str
    ref: str
    is_remote: bool


class TemplateSchema(NamedTuple):
    """The `schema` of a member of `template`: its pointer, its value, and all schemas in it.

    `parts` has each schema with its pointer; data in a schema is not searched, unless a `$ref`
    leads there, as to a member of `$defs`, which Draft 7 does not know. `roots` are the schema
    itself and what is found only by such a `$ref`: together, they contain all `parts`.
    """

    pointer: str
    value: JSON
    parts: list[tuple[str, JSONObject]]
    roots: list[tuple[str, JSONObject]]
    broken_refs: list[BrokenRef]

    @property
    def is_draft_7(self) -> bool:
        """Whether the schema is a mapping, and in Draft 7."""
        value = self.value
        return isinstance(value, dict) and value.get("$schema", DRAFT_7[0]) in DRAFT_7


def template_schemas(template: JSON) -> tuple[TemplateSchema, ...]:
    """Return each `template.<key>.schema` that is given."""
    return tuple(
        searched(f"/template/{escape(key)}/schema", member["schema"])
        for key, member in as_object(template).items()
        if isinstance(member, dict) and member.get("schema") is not None
    )


def searched(pointer: str, value: JSON) -> TemplateSchema:
    """Return a schema with all schemas in it."""
    if not isinstance(value, dict):
        return TemplateSchema(pointer, value, [], [], [])
    parts: list[tuple[str, JSONObject]] = []
    waiting = [(pointer, value)]
    while waiting:
        parts.append(part := waiting.pop())
        waiting += schemas_below(*part)
    schema = TemplateSchema(pointer, value, parts, [(pointer, value)], [])
    if any("$ref" in part for _, part in parts):
        return _followed(schema, References(value, pointer))
    return schema


def _followed(schema: TemplateSchema, references: References) -> TemplateSchema:
    """Return a schema with the schemas in it that only a `$ref` leads to, each looked at once."""
    parts, seen = schema.parts, {id(part) for _, part in schema.parts}
    found: dict[int, tuple[str, JSONObject]] = {}
    for at, part in parts:  # which grows
        ref = part.get("$ref")
        if not isinstance(ref, str):
            continue
        try:
            place, target = references.located(ref, part)
        except LookupError:
            schema.broken_refs.append(BrokenRef(f"{at}/$ref", ref, is_remote=True))
            continue
        if not isinstance(target, dict | bool):
            schema.broken_refs.append(BrokenRef(f"{at}/$ref", ref, is_remote=False))
        if not isinstance(target, dict) or id(target) in seen:
            continue
        found[id(target)] = place, target
        waiting = [(place, target)]
        while waiting:
            each = waiting.pop()
            if id(each[1]) in seen:
                found.pop(id(each[1]), None)
            else:
                seen.add(id(each[1]))
                parts.append(each)
                waiting += schemas_below(*each)
    return schema._replace(roots=[*schema.roots, *found.values()])
