"""Sort keys and rows in, rows in order out (query spec 5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from catalogctl.errors import ApiError
from catalogctl.query import field_paths
from catalogctl.query.documents import PLAIN
from catalogctl.query.field_paths import reach
from catalogctl.query.model import SortKey
from catalogctl.query.query_values import MISSING, NULL_KEY, Key, Value, key
from catalogctl.wording import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.query.documents import Documents
    from catalogctl.query.query_limits import Budget
    from catalogctl.query.shape import Message

T = TypeVar("T")


def read_sort(
    sort: Message | None, segments: Callable[[str, str], tuple[str, ...]], code: str
) -> tuple[SortKey, ...]:
    """Return the keys of a sort: its `key`, else its `keys`; `code` is that of a keyless one."""
    if sort is None:
        return ()
    found = []
    for message in [sort] if sort.has("key") else sort.many("keys"):
        text, place = message.text("key"), message.place("key")
        if text is None:
            raise ApiError(code, "a sort key has no key", place)
        if text.startswith(("-", "+")):
            hint = f'write "{text[1:]}"{", and desc: true" if text[0] == "-" else ""}'
            what = f"the sort key {quote(text)} starts with a sign"
            raise ApiError("ERROR_DB_QUERY", what, place, hint=hint)
        found.append(SortKey(segments(text, place), message.flag("desc")))
    return tuple(found)


def document_segments(text: str, pointer: str) -> tuple[str, ...]:
    """Return the names of a path that must be one of the query document (D-S2)."""
    return field_paths.parse(text, pointer).segments


def ordered_documents(
    indexes: Iterable[int], keys: Sequence[SortKey], documents: Documents, budget: Budget
) -> list[int]:
    """Return the indexes of documents in the order of the keys; ties keep the order they had."""
    found = list(indexes)
    for sort_key in reversed(keys):
        field, *rest = sort_key.segments
        column = documents.column(field)
        if not rest and documents.kinds(field) in PLAIN:
            budget.spend(len(found))
            _sort_plain(found, column, sort_key)
        else:
            values = [reach(column[index], rest) for index in found]
            found = _sorted(found, values, sort_key, budget)
    return found


def _sort_plain(indexes: list[int], column: list[Value], sort_key: SortKey) -> None:
    present: list[int] = []
    absent: list[int] = []
    for index in indexes:
        (absent if column[index] is None else present).append(index)
    present.sort(key=column.__getitem__, reverse=sort_key.desc)  # type: ignore[arg-type]  # of one type
    indexes[:] = [*present, *absent] if sort_key.desc else [*absent, *present]


def ordered_rows(
    rows: list[JSONObject], keys: Sequence[SortKey], budget: Budget
) -> list[JSONObject]:
    """Return the rows of a stage in the order of the keys; ties keep the order they had."""
    for sort_key in reversed(keys):
        values = [reach(row, sort_key.segments) for row in rows]
        rows = _sorted(rows, values, sort_key, budget)
    return rows


def _sorted(
    items: list[T], values: list[list[Value]], sort_key: SortKey, budget: Budget
) -> list[T]:
    weights = [_weight(reached, sort_key, budget) for reached in values]
    order = sorted(range(len(items)), key=weights.__getitem__, reverse=sort_key.desc)
    return [items[position] for position in order]


def _weight(reached: list[Value], sort_key: SortKey, budget: Budget) -> Key:
    """Return what reached values sort by: a list counts as its smallest or largest element."""
    budget.spend(1 + len(reached))
    keys: list[Key] = []
    for value in reached:
        if isinstance(value, list) and value:
            budget.spend(len(value))
            keys += [key(element, budget) for element in value]
        elif value is MISSING or value is None or value == []:
            keys.append(NULL_KEY)
        else:
            keys.append(key(value, budget))
    return (max if sort_key.desc else min)(keys, default=NULL_KEY)
