"""Hold rows between two stages.

Unwinding a list of documents, as labels are, gives many rows that differ in one field alone: a copy
of each document for each of its elements would take many times the memory of the plugins.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from catalogctl.query.field_paths import FIELDS, below
from catalogctl.query.query_times import Instant, written
from catalogctl.query.query_values import Value, printed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.query_limits import StepBudget


@dataclass(frozen=True, slots=True)
class UnwoundTable:
    """Documents, each as often as one of its fields has elements, and those in their place."""

    documents: Sequence[JSONObject]
    field: str
    elements: list[JSON]
    flat: ClassVar[bool] = False

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.elements)

    def values(self, segments: Sequence[str]) -> list[Value]:
        """Return the value of every row at a path of a stage."""
        if segments[0] != self.field:
            return [below(row, segments) for row in self.documents]
        return [below(element, segments[1:]) for element in self.elements]

    def rows(self) -> list[JSONObject]:
        """Return whole query documents, an element in each."""
        pairs = zip(self.documents, self.elements, strict=True)
        return [{**row, self.field: element} for row, element in pairs]

    def __getitem__(self, part: slice) -> UnwoundTable:
        """Return a part of the rows."""
        return UnwoundTable(self.documents[part], self.field, self.elements[part])

    def results(self, budget: StepBudget) -> list[JSON]:
        """Return the rows as an answer shows them."""
        budget.make(len(self) * len(FIELDS))
        return [_printed_document(row) for row in self.rows()]


@dataclass(frozen=True, slots=True)
class RowTable:
    """Rows; `flat` once a stage has made them, so that they are not documents any more."""

    table: list[JSONObject]
    flat: bool

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.table)

    def values(self, segments: Sequence[str]) -> list[Value]:
        """Return the value of every row at a path of a stage."""
        return [below(row, segments) for row in self.table]

    def rows(self) -> list[JSONObject]:
        """Return the rows themselves, which must not be changed."""
        return self.table

    def __getitem__(self, part: slice) -> RowTable:
        """Return a part of the rows."""
        return RowTable(self.table[part], self.flat)

    def results(self, budget: StepBudget) -> list[JSON]:
        """Return the rows as an answer shows them."""
        if self.flat:
            return [printed(row, budget) for row in self.table]
        return [_printed_document(row) for row in self.table]


Table = UnwoundTable | RowTable


def _printed_document(row: JSONObject) -> JSONObject:
    """Return a document with its dates as text: nothing below its fields is one."""
    return {
        name: written(value) if isinstance(value, Instant) else value for name, value in row.items()
    }
