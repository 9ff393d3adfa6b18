"""Represent the rows between stages, and run the stages that process each row (query spec 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from catalogctl.query.field_paths import FIELDS, below
from catalogctl.query.query_errors import UnfitError, stage_errors
from catalogctl.query.query_values import MISSING, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.field_paths import Segments
    from catalogctl.query.model import Project, ProjectField
    from catalogctl.query.query_documents import Documents
    from catalogctl.query.query_limits import StepBudget

_PAIR = 2


@dataclass(frozen=True, slots=True)
class DocumentRows:
    """The documents at some positions; a column of them is a part of the kept whole column."""

    documents: Documents
    positions: Sequence[int]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.positions)

    def __iter__(self) -> Iterator[JSONObject]:
        """Yield the rows."""
        return map(self.documents.rows.__getitem__, self.positions)

    def __getitem__(self, part: slice) -> DocumentRows:
        """Return a part of the rows."""
        return DocumentRows(self.documents, self.positions[part])

    def column(self, field: str) -> list[Value]:
        """Return the value of a field in every row."""
        whole = self.documents.column(field)
        return [whole[position] for position in self.positions]


@dataclass(frozen=True, slots=True)
class UnwoundRows:
    """Documents, each repeated for every element of one of its fields, with that element.

    Copying each document for each of its labels would take many times the memory of the plugins,
    so the rows are created only when they are iterated over.
    """

    documents: Sequence[JSONObject]
    field: str
    elements: Sequence[JSON]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.elements)

    def __iter__(self) -> Iterator[JSONObject]:
        """Yield the rows."""
        pairs = zip(self.documents, self.elements, strict=True)
        return ({**row, self.field: element} for row, element in pairs)

    def __getitem__(self, part: slice) -> UnwoundRows:
        """Return a part of the rows."""
        return UnwoundRows(self.documents[part], self.field, self.elements[part])


Rows: TypeAlias = list["JSONObject"] | DocumentRows | UnwoundRows


def column(rows: Rows, segments: Segments) -> list[Value]:
    """Return the value at a path of a stage, for every row."""
    if isinstance(rows, DocumentRows) and len(segments) == 1:
        return rows.column(segments[0])
    if len(segments) == 1:
        return [row.get(segments[0], MISSING) for row in rows]
    return [below(row, segments) for row in rows]


def unwound_documents(rows: Iterable[JSONObject], field: str, budget: StepBudget) -> UnwoundRows:
    """Return one row per element of a field; a value that is not a list counts as one element."""
    documents: list[JSONObject] = []
    elements: list[JSON] = []
    for row in rows:
        value = row[field]
        found = value if isinstance(value, list) else [] if value is None else [value]
        documents += [row] * len(found)
        elements += found
    budget.spend(len(elements))
    return UnwoundRows(documents, field, elements)


def unwound(rows: Rows, segments: Segments, budget: StepBudget) -> Iterator[JSONObject]:
    """Yield one row per element of the list at a path, with the element instead of the list.

    A row whose value is not a list is unchanged; a row whose value is missing, null or `[]` is left
    out. A copy takes the steps of a whole document at least: documents may have been cut to the
    fields that a query names, and must then take as many.
    """
    for row in rows:
        value = _through_objects(row, segments)
        if not isinstance(value, list):
            if value is not MISSING and value is not None:
                yield row
            continue
        budget.make(len(value) * max(len(row), len(FIELDS)))
        for element in value:
            yield _with(row, segments, element)


def _through_objects(row: JSONObject, segments: Sequence[str]) -> Value:
    value: Value = row
    for segment in segments:
        if not isinstance(value, dict):
            return MISSING
        value = value.get(segment, MISSING)
    return value


def _with(row: JSONObject, segments: Sequence[str], value: JSON) -> JSONObject:
    """Return a copy of a row with another value at a path through objects."""
    name, *rest = segments
    inner = row[name]
    return {**row, name: _with(inner, rest, value) if rest and isinstance(inner, dict) else value}


def projected(rows: Rows, stage: Project, budget: StepBudget) -> list[JSONObject]:
    """Return rows with only the kept names and the fields of a project stage."""
    budget.make(len(rows) * (len(stage.kept) + len(stage.fields)))
    columns = [(name, column(rows, (name,))) for name in stage.kept]
    columns += [(field.name, _converted(rows, field, stage, budget)) for field in stage.fields]
    return from_columns(columns, range(len(rows)))


def from_columns(
    columns: Sequence[tuple[str, list[Value]]], positions: Iterable[int]
) -> list[JSONObject]:
    """Return the rows at the given positions of named columns, without missing values."""
    return [
        {name: value for name, values in columns if (value := values[n]) is not MISSING}
        for n in positions
    ]


def _converted(rows: Rows, field: ProjectField, stage: Project, budget: StepBudget) -> list[Value]:
    values = column(rows, field.segments)
    if not field.operator:
        return values
    convert = _OPERATORS[field.operator]
    with stage_errors(field.operator, field.segments, stage.pointer):
        return [convert(value, budget) for value in values]


def _size(value: Value, _: StepBudget) -> Value:
    if not isinstance(value, list):
        raise UnfitError("a value is not a list")
    return len(value)


def _object_to_array(value: Value, budget: StepBudget) -> Value:
    if value is None or value is MISSING:
        return None
    if not isinstance(value, dict):
        raise UnfitError("a value is not an object")
    budget.make(len(value))
    return [{"k": name, "v": member} for name, member in value.items()]


def _array_to_object(value: Value, budget: StepBudget) -> Value:
    """Convert `[{k, v}…]` or `[[key, value]…]` to an object; all elements must be of one type."""
    if value is None or value is MISSING:
        return None
    if not isinstance(value, list):
        raise UnfitError("a value is not a list")
    budget.make(len(value))
    if len({type(element) for element in value}) > 1:
        raise UnfitError("its elements are of several kinds")
    return dict(map(_pair, value))


def _pair(element: JSON) -> tuple[str, JSON]:
    if isinstance(element, dict) and element.keys() == {"k", "v"}:
        name, member = element["k"], element["v"]
    elif isinstance(element, list) and len(element) == _PAIR:
        name, member = element
    else:
        raise UnfitError("an element is neither {k, v} nor [key, value]")
    if not isinstance(name, str):
        raise UnfitError("a key is not a string")
    return name, member


_OPERATORS: dict[str, Callable[[Value, StepBudget], Value]] = {
    "size": _size,
    "object_to_array": _object_to_array,
    "array_to_object": _array_to_object,
}
