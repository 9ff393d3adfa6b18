"""Sort rows by keys (query spec 5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from catalogctl.errors import ApiError
from catalogctl.query.field_paths import reach
from catalogctl.query.model import SortKey
from catalogctl.query.query_errors import bad
from catalogctl.query.query_values import MISSING, NULL_KEY, Key, Value, key
from catalogctl.wording import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from catalogctl.jsontypes import JSONObject
    from catalogctl.query.field_paths import Segments
    from catalogctl.query.query_limits import StepBudget
    from catalogctl.query.request_messages import Message

T = TypeVar("T")


def read_sort(
    sort: Message | None, read_path: Callable[[str, str], Segments], code: str
) -> tuple[SortKey, ...]:
    """Return the keys of a sort: its `key`, or else its `keys`.

    Raise ApiError if one is wrong; `code` is the error's code if a sort key has no key.
    """
    if sort is None:
        return ()
    found = []
    for message in [sort] if sort.has("key") else sort.many("keys"):
        text, place = message.text("key"), message.place("key")
        if text is None:
            raise ApiError(code, "a sort key has no key", place)
        if text.startswith(("-", "+")):
            hint = f'write "{text[1:]}"{", and desc: true" if text[0] == "-" else ""}'
            raise bad(f"the sort key {quote(text)} starts with a sign", place, hint)
        found.append(SortKey(read_path(text, place), message.flag("desc")))
    return tuple(found)


def ordered(
    items: Iterable[T],
    keys: Sequence[SortKey],
    row_of: Callable[[T], JSONObject],
    budget: StepBudget,
) -> list[T]:
    """Return items sorted by the keys of their rows; the sort is stable."""
    found = list(items)
    for sort_key in reversed(keys):
        found.sort(key=lambda item: _weight(row_of(item), sort_key, budget), reverse=sort_key.desc)
    return found


def _weight(row: JSONObject, sort_key: SortKey, budget: StepBudget) -> Key:
    """Return what a row is sorted by; a list counts as its smallest or largest element."""
    values: list[Value] = []
    for value in reach(row, sort_key.segments, budget):
        values += (value or [None]) if isinstance(value, list) else [value]
    budget.spend(len(values))
    keys = [NULL_KEY if value is MISSING else key(value, budget) for value in values]
    return (max if sort_key.desc else min)(keys, default=NULL_KEY)
