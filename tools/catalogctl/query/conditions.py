"""Read the conditions of `filter` and `filter_or` (query spec 3).

The errors of one condition come in the order of query spec 3.3, in two passes: structure and value
types of all conditions first, then paths and what depends on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.did_you_mean import did_you_mean
from catalogctl.errors import ApiError
from catalogctl.json_pointer import child
from catalogctl.query import field_paths
from catalogctl.query.field_paths import Field, Path
from catalogctl.query.model import (
    Compare,
    Condition,
    Contain,
    Equal,
    Exist,
    Filters,
    Find,
    Match,
    Test,
)
from catalogctl.query.operators import OPERATORS, Family, Operator
from catalogctl.query.query_limits import MAX_CONDITIONS, MAX_PATTERNS, MAX_SUB_KEYS
from catalogctl.query.query_patterns import compile_pattern
from catalogctl.query.query_times import instant, timediff
from catalogctl.query.query_values import Value, fold
from catalogctl.wording import json_kind, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.jsontypes import JSON
    from catalogctl.query.shape import Message

KEYWORD_FIELDS = ("plugin_id", "name", "provider", "labels")


def read_filters(query: Message, more: Sequence[Condition]) -> Filters:
    """Return the conditions of a query; `more` are those of the request's own fields."""
    every, some = query.many("filter"), query.many("filter_or")
    both = (*every, *some)
    if len(both) > MAX_CONDITIONS:
        raise _bad(f"a query has at most {MAX_CONDITIONS:,} conditions", query.pointer)
    for message in both:
        _check_structure(message)
    found = [_condition(message) for message in both]
    patterns = sum(len(c.test.patterns) for c in found if isinstance(c.test, Find))
    if patterns > MAX_PATTERNS:
        raise _bad(f"a query has at most {MAX_PATTERNS} regular expressions", query.pointer)
    keyword = _keyword(query.text("keyword") or "")
    return Filters((*found[: len(every)], *more), (*found[len(every) :], *keyword))


def _keyword(keyword: str) -> Iterator[Condition]:
    """Yield the conditions that a keyword adds to `filter_or` (query spec 4, D-K1)."""
    words = tuple(fold(word) for word in keyword.strip().split(" ") if word)
    if words:
        for field in KEYWORD_FIELDS:
            yield Condition(Path(field), Contain(words))


def _check_structure(message: Message) -> None:
    """Check all of a condition that does not depend on its path."""
    name, value = message.text("operator"), message.value("value")
    operator = OPERATORS.get(name or "")
    if operator is None:
        raise _no_operator(message, name)
    place = message.place("value")
    if operator.takes_list and not isinstance(value, list):
        given = f"{quote(operator.name)} takes a list, not {json_kind(value)}"
        if not message.has("value"):
            given = f"{quote(operator.name)} has no value"
        raise ApiError("ERROR_OPERATOR_LIST_VALUE_TYPE", given, place, hint="write a list")
    if not operator.takes_list and isinstance(value, list):
        hint = next((o for o in (f"{operator.name}_in", "in") if o in OPERATORS), "")
        raise ApiError(
            "ERROR_OPERATOR_VALUE_TYPE",
            f"{quote(operator.name)} does not take a list",
            place,
            hint=f'"{"not_in" if operator.name == "not" else hint}" does',
        )
    if not message.text("key"):
        raise _bad("a condition has no key", message.place("key"))
    _check_value(operator, value, message)


def _no_operator(message: Message, name: str | None) -> ApiError:
    if not name:
        return _bad("a condition has no operator", message.place("operator"))
    hint = did_you_mean(name, OPERATORS, f"the operators are {', '.join(OPERATORS)}")
    return _bad(f"there is no operator {quote(name)}", message.place("operator"), hint)


def _check_value(operator: Operator, value: JSON, message: Message) -> None:
    place = message.place("value")
    given = json_kind(value) if message.has("value") else "nothing"
    if operator.family is Family.EXIST:
        if not isinstance(value, bool):
            what = f'"exists" takes true or false, not {given}'
            raise ApiError("ERROR_OPERATOR_BOOLEAN_TYPE", what, place)
    elif operator.family is Family.MATCH:
        if not isinstance(value, dict):
            what = f'"match" takes an object, not {given}'
            raise ApiError("ERROR_OPERATOR_DICT_VALUE_TYPE", what, place)
    elif not message.has("value"):
        raise _bad(f"{quote(operator.name)} has no value", place, "null is a value too: write it")
    elif operator.family in {Family.CONTAIN, Family.REGEX} and value == []:
        what = f"{quote(operator.name)} takes a list that is not empty"
        raise ApiError("ERROR_OPERATOR_LIST_VALUE_TYPE", what, place)
    elif operator.family is Family.DATETIME and not (isinstance(value, str) and _is_date(value)):
        raise _no_date(value, place)
    elif operator.family is Family.TIMEDIFF and not (
        isinstance(value, str) and timediff(value) is not None
    ):
        shown = quote(value) if isinstance(value, str) else given
        hint = 'write "now-7d", "now/w + 1h" or the like'
        raise _bad(f"{shown} is no expression of a time", place, hint)


def _condition(message: Message) -> Condition:
    """Return a condition whose structure is right; check its path and what depends on it."""
    operator = OPERATORS[message.text("operator") or ""]
    path = field_paths.parse(message.text("key") or "", message.place("key"))
    place, value = message.place("value"), message.value("value")
    negated = operator.negated or (operator.family is Family.EXIST and value is False)
    return Condition(path, _test(operator, path, value, place), negated)


def _test(operator: Operator, path: Path, value: JSON, place: str) -> Test:  # noqa: C901  (one case for each family)
    match operator.family:
        case Family.EXIST:
            return Exist()
        case Family.MATCH:
            return _match(value if isinstance(value, dict) else {}, place)
        case Family.EQUAL:
            return Equal((_bound(path, value, place),))
        case Family.ONE_OF:
            return Equal(tuple(_elements(path, value, place)))
        case Family.COMPARE:
            if isinstance(value, dict):
                raise _bad(f"{quote(operator.name)} does not take an object", place)
            return Compare(operator.comparison, _bound(path, value, place))
        case Family.DATETIME:
            return Compare(operator.comparison, instant(value if isinstance(value, str) else ""))
        case Family.TIMEDIFF:
            bound = timediff(value if isinstance(value, str) else "")
            return Compare(operator.comparison, bound)
        case Family.CONTAIN:
            return Contain(tuple(fold(text) for text, _ in _texts(operator, path, value, place)))
        case Family.REGEX:
            texts = _texts(operator, path, value, place)
            return Find(tuple(compile_pattern(text, at) for text, at in texts))


def _texts(operator: Operator, path: Path, value: JSON, place: str) -> list[tuple[str, str]]:
    """Return the strings of contain* and regex* with their places; a date is no text (D-F8)."""
    elements = value if isinstance(value, list) else [value]
    texts: list[tuple[str, str]] = []
    for position, element in enumerate(elements):
        at = child(place, position) if operator.takes_list else place
        if path.kind is Field.DATE:
            hint = "compare it: datetime_gte, datetime_lt"
            raise _bad(f"{quote(operator.name)} does not look into a date", at, hint)
        if not isinstance(element, str):
            raise _bad(f"{quote(operator.name)} takes strings, not {json_kind(element)}", at)
        texts.append((element, at))
    return texts


def _elements(path: Path, value: JSON, place: str) -> Iterator[Value]:
    """Yield the elements of in and not_in."""
    for position, element in enumerate(value if isinstance(value, list) else []):
        if isinstance(element, list):
            raise _bad("a list can't be an element here", child(place, position))
        yield (
            element
            if path.kind is not Field.DATE
            else _bound(path, element, child(place, position))
        )


def _bound(path: Path, value: JSON, place: str) -> Value:
    """Return the value to compare with; on a date field a string is read as one (D-F9)."""
    if path.kind is not Field.DATE or not isinstance(value, str):
        return value
    moment = instant(value)
    if moment is None:
        raise _no_date(value, place)
    return moment


def _match(value: dict[str, JSON], place: str) -> Match:
    if not 0 < len(value) <= MAX_SUB_KEYS:
        raise _bad(f'"match" takes an object of 1 to {MAX_SUB_KEYS} sub-keys', place)
    _refuse_dollars(value, place)
    members = (
        (field_paths.split(name, child(place, name)), member) for name, member in value.items()
    )
    return Match(tuple(members))


def _refuse_dollars(value: JSON, pointer: str) -> None:
    """Refuse keys that start with «$», at any depth (D-F11)."""
    if isinstance(value, dict):
        for name, member in value.items():
            place = child(pointer, name)
            if name.startswith("$"):
                hint = "operators of a database are not part of the API"
                raise _bad(f'the key {quote(name)} starts with "$"', place, hint)
            _refuse_dollars(member, place)
    elif isinstance(value, list):
        for position, element in enumerate(value):
            _refuse_dollars(element, child(pointer, position))


def _is_date(text: str) -> bool:
    return instant(text) is not None


def _no_date(value: JSON, place: str) -> ApiError:
    shown = quote(value) if isinstance(value, str) else json_kind(value)
    return _bad(f"{shown} is no date", place, 'write "2022-02-01" or "2022-02-01T09:00:00Z"')


def _bad(message: str, pointer: str, hint: str = "") -> ApiError:
    return ApiError("ERROR_DB_QUERY", message, pointer, hint=hint)
