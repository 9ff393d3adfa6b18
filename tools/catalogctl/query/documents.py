"""PluginInfo objects in base order in, query documents out, column by column (query spec 1).

A column is made when a query first looks at it and kept: many queries are answered from the same
plugins. Nothing of a plugin is copied or changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.query.field_paths import FIELDS, Field
from catalogctl.query.query_times import MAX_INSTANT, MIN_INSTANT, Instant, instant
from catalogctl.query.query_values import fold, kinds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.query_values import Value

_NULLABLE = frozenset({"provider", "project_id"})
PLAIN = (frozenset({str}), frozenset({str, type(None)}), frozenset({Instant}))
"""The columns that hold one scalar type; the usual ones, for which there are short cuts."""


def base_order(plugins: Sequence[JSONObject]) -> list[JSONObject]:
    """Return plugins in the order on which ties, pages, first and last rest (D-S1)."""
    return sorted(plugins, key=lambda info: (str(info.get("name")), str(info.get("plugin_id"))))


class Documents:
    """The query documents of some plugins, which are in base order; reusable for many queries."""

    __slots__ = ("_columns", "_folded", "_kinds", "_lengths", "plugins")

    def __init__(self, plugins: Sequence[JSONObject]) -> None:
        self.plugins = plugins
        self._columns: dict[str, list[Value]] = {}
        self._folded: dict[str, list[str | None]] = {}
        self._lengths: dict[str, int] = {}
        self._kinds: dict[str, frozenset[type]] = {}

    def __len__(self) -> int:
        """Return the number of plugins."""
        return len(self.plugins)

    def column(self, field: str) -> list[Value]:
        """Return the values of one field of all documents."""
        found = self._columns.get(field)
        if found is None:
            found = self._columns[field] = _column(self.plugins, field)
        return found

    def kinds(self, field: str) -> frozenset[type]:
        """Return the exact types that a column holds."""
        found = self._kinds.get(field)
        if found is None:
            found = self._kinds[field] = kinds(self.column(field))
        return found

    def folded(self, field: str) -> list[str | None]:
        """Return a column of strings with case folded, and None for what is no string."""
        found = self._folded.get(field)
        if found is None:
            # Of many plugins few are of another service_type or provider: each text is folded once.
            texts: dict[Value, str | None] = {
                value: fold(value) if isinstance(value, str) else None
                for value in dict.fromkeys(self.column(field))
            }
            found = self._folded[field] = [texts[value] for value in self.column(field)]
        return found

    def length(self, field: str) -> int:
        """Return how long the texts of a column are, on average."""
        found = self._lengths.get(field)
        if found is None:
            total = sum(map(len, filter(None, self.folded(field))))
            found = self._lengths[field] = total // max(len(self), 1)
        return found

    def rows(self, indexes: Sequence[int]) -> list[JSONObject]:
        """Return whole query documents, their dates as instants."""
        columns = [self.column(field) for field in FIELDS]
        return [
            dict(zip(FIELDS, [column[index] for column in columns], strict=True))  # type: ignore[misc]  # no field is ever missing
            for index in indexes
        ]


def _column(plugins: Sequence[JSONObject], field: str) -> list[Value]:
    kind = FIELDS[field]
    if field in _NULLABLE:
        return [info.get(field) or None for info in plugins]
    if field == "repository_id":
        return [_info(info).get("repository_id") for info in plugins]
    if kind is Field.INFO:
        return [_info(info) for info in plugins]
    if kind is Field.DATE:
        return [_date(info.get(field)) for info in plugins]
    if kind is Field.LABELS:
        return [info.get(field) or [] for info in plugins]
    if kind is Field.OBJECT:
        return [info.get(field) or {} for info in plugins]
    return [info.get(field) for info in plugins]


def _info(info: JSONObject) -> JSONObject:
    found = info.get("repository_info")
    return found if isinstance(found, dict) else {}


def _date(value: JSON) -> JSON:
    """Return a date; a text that is none, in a tree that we did not build, stays as it is."""
    moment = instant(value) if isinstance(value, str) else None
    return value if moment is None or not MIN_INSTANT <= moment <= MAX_INSTANT else moment
