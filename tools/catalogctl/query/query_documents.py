"""Convert PluginInfo objects to query documents (query spec 1)."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from catalogctl.jsontypes import as_object
from catalogctl.query.field_paths import FIELDS, Field
from catalogctl.query.query_times import MAX_INSTANT, MIN_INSTANT, instant
from catalogctl.query.query_values import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalogctl.jsontypes import JSON, JSONObject
    from catalogctl.query.query_values import Value

_NULLABLE = ("provider", "project_id")
_OBJECTS = tuple(field for field, kind in FIELDS.items() if kind is Field.OBJECT)
_DATES = tuple(field for field, kind in FIELDS.items() if kind is Field.DATE)


def base_order(plugins: Sequence[JSONObject]) -> list[JSONObject]:
    """Return plugins in the order that ties, pages, first and last depend on (D-S1)."""
    return sorted(plugins, key=_base_key)


def _base_key(info: JSONObject) -> tuple[str, str]:
    return str(info.get("name")), str(info.get("plugin_id"))


class Documents:
    """Plugins in base order, and the query document of each; reusable for many queries.

    `rows` are their documents, if the caller has made them: only the fields that the queries look
    at (`named_fields`) need to be there.
    """

    __slots__ = ("_columns", "plugins", "rows")

    def __init__(
        self, plugins: Sequence[JSONObject], rows: Sequence[JSONObject] | None = None
    ) -> None:
        self.plugins = plugins
        self.rows = [document(info) for info in plugins] if rows is None else rows
        self._columns: dict[str, list[Value]] = {}

    def __len__(self) -> int:
        """Return the number of plugins."""
        return len(self.plugins)

    def column(self, field: str) -> list[Value]:
        """Return the value of a field in every row; it is kept, so don't modify the list.

        Equal texts in it are one object. A text that was read with each plugin lies somewhere else
        in memory for each, and going there is most of the time that it takes to group by it.
        """
        if field not in FIELDS:
            return [MISSING] * len(self)
        if field not in self._columns:
            self._columns[field] = [_shared(row.get(field, MISSING)) for row in self.rows]
        return self._columns[field]


def _shared(value: Value) -> Value:
    """Return a text as the one object that all equal texts share, any other value as it is."""
    return sys.intern(value) if type(value) is str else value


def document(info: JSONObject) -> JSONObject:
    """Return a plugin's query document, with dates as instants; nested values are not copied."""
    made = {field: info.get(field) for field in FIELDS}
    for field in _NULLABLE:
        made[field] = made[field] or None
    for field in _OBJECTS:
        made[field] = made[field] or {}
    for field in _DATES:
        value = made[field]
        made[field] = _date(value) if isinstance(value, str) else value
    made["labels"] = made["labels"] or []
    repository = as_object(info.get("repository_info"))
    made |= {"repository_info": repository, "repository_id": repository.get("repository_id")}
    return made


@lru_cache(maxsize=10_000)
def _date(text: str) -> JSON:
    """Return a date as an Instant. Cached, because many plugins share the date of a commit.

    A text that is not a date, in a tree built by another tool, is returned unchanged.
    """
    moment = instant(text)
    return text if moment is None or not MIN_INSTANT <= moment <= MAX_INSTANT else moment
