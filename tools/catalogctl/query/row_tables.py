"""Rows between two stages: documents column by column, or rows as they are.

Most pipelines group documents first. To read a column of them needs no row at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from catalogctl.query.field_paths import FIELDS, below
from catalogctl.query.query_times import Instant, written
from catalogctl.query.query_values import MISSING, Value, printed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.documents import Documents
    from catalogctl.query.query_limits import Budget


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """The documents at some indexes, not made into rows yet."""

    documents: Documents
    indexes: Sequence[int]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.indexes)

    def values(self, segments: Sequence[str]) -> list[Value]:
        """Return the value of every row at a path of a stage."""
        field, *rest = segments
        if field not in FIELDS:
            return [MISSING] * len(self.indexes)
        column = self.documents.column(field)
        if not rest:
            return [column[index] for index in self.indexes]
        return [_below(column[index], rest) for index in self.indexes]

    def rows(self) -> list[JSONObject]:
        """Return whole query documents (D-A9)."""
        return self.documents.rows(self.indexes)

    def sliced(self, start: int, stop: int | None) -> DocumentTable:
        """Return a part of the rows."""
        return DocumentTable(self.documents, self.indexes[start:stop])

    def results(self, _: Budget) -> list[JSON]:
        """Return the rows as an answer shows them."""
        return [_printed_document(row) for row in self.rows()]


@dataclass(frozen=True, slots=True)
class UnwoundTable:
    """The documents at some indexes, with elements in the place of one field's lists."""

    documents: Documents
    indexes: Sequence[int]
    field: str
    elements: list[Value]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.indexes)

    def values(self, segments: Sequence[str]) -> list[Value]:
        """Return the value of every row at a path of a stage."""
        if segments[0] != self.field:
            return DocumentTable(self.documents, self.indexes).values(segments)
        rest = segments[1:]
        return [_below(element, rest) for element in self.elements] if rest else self.elements

    def rows(self) -> list[JSONObject]:
        """Return whole query documents, an element in each."""
        rows = self.documents.rows(self.indexes)
        for row, element in zip(rows, self.elements, strict=True):
            row[self.field] = element  # type: ignore[assignment]  # no element is ever missing
        return rows

    def sliced(self, start: int, stop: int | None) -> UnwoundTable:
        """Return a part of the rows."""
        indexes, elements = self.indexes[start:stop], self.elements[start:stop]
        return UnwoundTable(self.documents, indexes, self.field, elements)

    def results(self, budget: Budget) -> list[JSON]:
        """Return the rows as an answer shows them."""
        budget.make(len(self) * len(FIELDS))
        return [_printed_document(row) for row in self.rows()]


@dataclass(frozen=True, slots=True)
class RowTable:
    """Rows that a stage has made; `flat` once they are no documents any more."""

    table: list[JSONObject]
    flat: bool

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.table)

    def values(self, segments: Sequence[str]) -> list[Value]:
        """Return the value of every row at a path of a stage."""
        if len(segments) == 1:
            name = segments[0]
            return [row.get(name, MISSING) for row in self.table]
        return [below(row, segments) for row in self.table]

    def rows(self) -> list[JSONObject]:
        """Return the rows themselves, which must not be changed."""
        return self.table

    def sliced(self, start: int, stop: int | None) -> RowTable:
        """Return a part of the rows."""
        return RowTable(self.table[start:stop], self.flat)

    def results(self, budget: Budget) -> list[JSON]:
        """Return the rows as an answer shows them."""
        if self.flat:
            return [printed(row, budget) for row in self.table]
        return [_printed_document(row) for row in self.table]


Table = DocumentTable | UnwoundTable | RowTable


def _below(value: Value, segments: Sequence[str]) -> Value:
    return MISSING if value is MISSING else below(value, segments)


def _printed_document(row: JSONObject) -> JSONObject:
    """Return a document with its dates as text: nothing below its fields is one."""
    return {
        name: written(value) if isinstance(value, Instant) else value for name, value in row.items()
    }
