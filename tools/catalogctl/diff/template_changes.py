"""Compare two JSON Schemas of a `template` for compatibility with stored configurations.

A change is breaking if it can reject a configuration that the old schema accepted: a newly required
or removed property, or a narrower type, list of values, or bound. A change that is not known to be
compatible is breaking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from catalogctl.json_pointer import escape
from catalogctl.jsontypes import as_object, is_same_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

_WORDS_ONLY = frozenset(
    {"title", "description", "default", "examples", "$comment", "order", "$id", "$schema"}
)
_LOWER = frozenset({"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"})
_UPPER = frozenset({"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"})
_OWN = frozenset({"properties", "required", "type", "enum", "items", "additionalProperties"})


class SchemaChange(NamedTuple):
    """One change of a schema; `pointer` is its place in the plugin file."""

    pointer: str
    breaking: bool
    message: str


def schema_changes(before: JSONObject, after: JSONObject) -> tuple[SchemaChange, ...]:
    """Return the changes between the template schemas of two effective requests, by place."""
    old, new = _schemas(before), _schemas(after)
    changes: list[SchemaChange] = []
    for key in sorted(old.keys() | new.keys()):
        pointer = f"/template/{escape(key)}/schema"
        if key not in old:
            is_breaking = bool(new[key].get("required"))
            changes.append(SchemaChange(pointer, is_breaking, f'a schema for "{key}" is new'))
        elif key not in new:
            changes.append(_breaking(pointer, f'the schema for "{key}" is gone'))
        else:
            changes.extend(_compared(pointer, old[key], new[key]))
    return tuple(changes)


def _breaking(pointer: str, message: str) -> SchemaChange:
    return SchemaChange(pointer, breaking=True, message=message)


def _compatible(pointer: str, message: str) -> SchemaChange:
    return SchemaChange(pointer, breaking=False, message=message)


def _schemas(request: JSONObject) -> dict[str, JSONObject]:
    return {
        key: schema
        for key, part in as_object(request.get("template")).items()
        if isinstance(schema := as_object(part).get("schema"), dict)
    }


def _compared(pointer: str, old: JSONObject, new: JSONObject) -> Iterator[SchemaChange]:
    yield from _required(pointer, old, new)
    yield from _properties(pointer, old, new)
    yield from _type(pointer, old, new)
    yield from _values(pointer, old, new)
    yield from _others(pointer, old, new)


def _required(pointer: str, old: JSONObject, new: JSONObject) -> Iterator[SchemaChange]:
    before, after = _texts(old.get("required")), _texts(new.get("required"))
    for name in sorted(after - before):
        yield _breaking(f"{pointer}/required", f'"{name}" is required now')
    for name in sorted(before - after):
        yield _compatible(f"{pointer}/required", f'"{name}" is not required any more')


def _properties(pointer: str, old: JSONObject, new: JSONObject) -> Iterator[SchemaChange]:
    before, after = as_object(old.get("properties")), as_object(new.get("properties"))
    for name in sorted(before.keys() | after.keys()):
        place = f"{pointer}/properties/{escape(name)}"
        one, other = before.get(name), after.get(name)
        if name not in after:
            yield _breaking(place, f'property "{name}" is gone')
        elif name not in before:
            yield _compatible(place, f'property "{name}" is new')
        elif isinstance(one, dict) and isinstance(other, dict):
            yield from _compared(place, one, other)
        elif not is_same_json(one, other):
            yield _breaking(place, f'property "{name}" changed')
    yield from _other_properties(f"{pointer}/additionalProperties", old, new)


def _other_properties(pointer: str, old: JSONObject, new: JSONObject) -> Iterator[SchemaChange]:
    """Yield the changes of the schema of properties that have none of their own."""
    given = [each.get("additionalProperties", True) for each in (old, new)]
    before, after = ({} if each is True else each for each in given)
    if is_same_json(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _compared(pointer, before, after)
    else:
        is_breaking = before is not False
        now = "refused" if is_breaking else "taken"
        yield SchemaChange(pointer, is_breaking, f"other properties are {now} now")


def _type(pointer: str, old: JSONObject, new: JSONObject) -> Iterator[SchemaChange]:
    before, after = _types(old.get("type")), _types(new.get("type"))
    if before == after:
        return
    if after is None:
        yield _compatible(f"{pointer}/type", "any type is taken now")
        return
    is_narrower = before is None or bool(before - after)
    message = f"the type was {_type_words(before)} and is {_type_words(after)}"
    yield SchemaChange(f"{pointer}/type", is_narrower, message)


def _types(value: JSON) -> set[str] | None:
    """Return the types that a schema accepts, None for any; "number" includes "integer"."""
    given = value if isinstance(value, list) else [value]
    types = {each for each in given if isinstance(each, str)}
    if not types:
        return None
    return types | {"integer"} if "number" in types else types


def _type_words(types: set[str] | None) -> str:
    """Return types as words; what "number" includes is not named."""
    if types is None:
        return "any type"
    return " or ".join(sorted(types - {"integer"} if "number" in types else types))


def _values(pointer: str, old: JSONObject, new: JSONObject) -> Iterator[SchemaChange]:
    before, after = old.get("enum"), new.get("enum")
    if is_same_json(before, after):
        return
    is_narrower = before is None
    if isinstance(before, list) and isinstance(after, list):
        is_narrower = not all(any(is_same_json(each, other) for other in after) for each in before)
    message = f"{'fewer' if is_narrower else 'more'} values are taken"
    yield SchemaChange(f"{pointer}/enum", is_narrower, message)


def _others(pointer: str, old: JSONObject, new: JSONObject) -> Iterator[SchemaChange]:
    """Yield the changes of items, bounds, and all other keywords."""
    one, other = old.get("items"), new.get("items")
    if isinstance(one, dict) and isinstance(other, dict):
        yield from _compared(f"{pointer}/items", one, other)
    elif not is_same_json(one, other):
        yield SchemaChange(f"{pointer}/items", breaking=other is not None, message="items changed")
    for keyword in sorted((old.keys() | new.keys()) - _OWN - _WORDS_ONLY):
        place, before, after = f"{pointer}/{escape(keyword)}", old.get(keyword), new.get(keyword)
        if keyword not in new:
            is_breaking = _is_needed(keyword, before, new)
            yield SchemaChange(place, is_breaking, f"{keyword} is gone")
        elif keyword not in old or not is_same_json(before, after):
            is_breaking = not _is_wider(keyword, before, after)
            yield SchemaChange(place, is_breaking, f"{keyword} changed")


def _is_needed(keyword: str, before: JSON, new: JSONObject) -> bool:
    """Return whether other keywords of a schema reject more values without this one."""
    if keyword == "minContains":
        return before == 0
    if keyword == "patternProperties":
        return new.get("additionalProperties", True) is not True
    return keyword == "prefixItems" and new.get("items", True) is not True


def _is_wider(keyword: str, before: JSON, after: JSON) -> bool:
    """Return whether a bound accepts at least what it accepted before."""
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return False
    return (keyword in _LOWER and after <= before) or (keyword in _UPPER and after >= before)


def _texts(value: JSON) -> set[str]:
    return {each for each in value if isinstance(each, str)} if isinstance(value, list) else set()
