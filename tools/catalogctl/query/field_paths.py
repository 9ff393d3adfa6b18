"""Parse dotted paths, and find what they reach in a document or a row."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from catalogctl.did_you_mean import did_you_mean
from catalogctl.query.query_errors import bad
from catalogctl.query.query_limits import MAX_SEGMENTS
from catalogctl.query.query_values import MISSING, Value
from catalogctl.wording import quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON
    from catalogctl.query.query_limits import StepBudget


class Field(Enum):
    """The type of a field of the query document, which decides what may follow it in a path."""

    TEXT = "a string"
    DATE = "a date"
    LABELS = "a list of strings"
    OBJECT = "an object"
    INFO = "repository_info"


FIELDS: dict[str, Field] = {
    "plugin_id": Field.TEXT,
    "name": Field.TEXT,
    "image": Field.TEXT,
    "registry_url": Field.TEXT,
    "state": Field.TEXT,
    "service_type": Field.TEXT,
    "provider": Field.TEXT,
    "registry_type": Field.TEXT,
    "registry_config": Field.OBJECT,
    "capability": Field.OBJECT,
    "template": Field.OBJECT,
    "labels": Field.LABELS,
    "tags": Field.OBJECT,
    "repository_info": Field.INFO,
    "repository_id": Field.TEXT,
    "project_id": Field.TEXT,
    "domain_id": Field.TEXT,
    "created_at": Field.DATE,
    "updated_at": Field.DATE,
}
"""The fields of the query document in the order of PluginInfo (query spec 1)."""

INFO_NAMES = ("repository_id", "name", "repository_type")
NO_OPERATORS = "operators of a database are not part of the API"
_ALIAS = "repository"

Segments: TypeAlias = tuple[str, ...]
"""The names of a path."""


def split(text: str, pointer: str) -> Segments:
    """Return the names of a path; raise ApiError if its syntax is wrong (query spec 3.1)."""
    segments = tuple(text.split("."))
    if len(segments) > MAX_SEGMENTS:
        raise bad(f"a path has at most {MAX_SEGMENTS} names: {quote(text)}", pointer)
    for segment in segments:
        if not segment:
            raise bad(f"{quote(text)} has an empty name", pointer)
        if segment.startswith("$"):
            raise bad(f'{quote(text)} has a name that starts with "$"', pointer, NO_OPERATORS)
    return segments


def of_documents(segments: Segments) -> Segments:
    """Return a path in query documents, with the alias `repository.X` resolved."""
    if segments[0] == _ALIAS and len(segments) > 1:
        return ("repository_info", *segments[1:])
    return segments


def parse(text: str, pointer: str) -> Segments:
    """Return a path of the query document; raise ApiError if there is no such field (D-F4)."""
    field, *rest = segments = of_documents(split(text, pointer))
    kind = FIELDS.get(field)
    if kind is None:
        hint = did_you_mean(field, FIELDS, f"the fields are {', '.join(FIELDS)}")
        raise bad(f"there is no field {quote(text)}", pointer, hint)
    if not rest or kind in {Field.OBJECT, Field.LABELS}:
        return segments
    if kind is not Field.INFO:
        what = f"there is no {quote(text)}: {field} is {kind.value}"
        raise bad(what, pointer, f'write "{field}"')
    if len(rest) > 1 or rest[0] not in INFO_NAMES:
        what = f"there is no {quote(text)}: repository_info has {', '.join(INFO_NAMES)}"
        raise bad(what, pointer, did_you_mean(rest[0], INFO_NAMES))
    return segments


def reach(value: Value, segments: Sequence[str], budget: StepBudget) -> list[Value]:
    """Return the values that the path of a condition or a sort reaches (query spec 3.1)."""
    if len(segments) == 1 and isinstance(value, dict):  # a field, which most paths are
        budget.spend(1)
        return [value.get(segments[0], MISSING)]
    reached = [value]
    for segment in segments:
        found: list[Value] = []
        for each in reached:
            if isinstance(each, dict):
                found.append(each.get(segment, MISSING))
            else:
                found += _elements(each, segment) if isinstance(each, list) else [MISSING]
        budget.spend(len(found))
        reached = found
    return reached


def _elements(value: list[JSON], segment: str) -> list[Value]:
    """Return the element at a position, and the member of that name of each object element."""
    found: list[Value] = [
        element.get(segment, MISSING) for element in value if isinstance(element, dict)
    ]
    index = _index(segment)
    return [value[index], *found] if index is not None and index < len(value) else found


def _index(segment: str) -> int | None:
    """Return the position that a decimal name denotes; 10 digits are beyond the end of any list."""
    return int(segment) if len(segment) < 10 and segment.isascii() and segment.isdigit() else None  # noqa: PLR2004


def below(row: JSON, segments: Sequence[str]) -> Value:
    """Return the single value at a path of a stage: lists are mapped, digits are names (D-A10)."""
    value: Value = row
    for position, segment in enumerate(segments):
        if isinstance(value, dict):
            value = value.get(segment, MISSING)
        elif isinstance(value, list):
            return _mapped(value, segments[position:])
        else:
            return MISSING
    return value


def _mapped(elements: list[JSON], segments: Sequence[str]) -> JSON:
    found = (below(element, segments) for element in elements if isinstance(element, dict))
    return [value for value in found if value is not MISSING]
