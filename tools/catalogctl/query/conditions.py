"""Read the conditions of `filter` and `filter_or` (query spec 3).

The errors of one condition are reported in the order of query spec 3.3, in two passes: structure
and value types of all conditions first, then paths and what depends on them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.errors import ApiError
from catalogctl.json_pointer import child
from catalogctl.query import field_paths
from catalogctl.query.field_paths import FIELDS, NO_OPERATORS, Field
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
from catalogctl.query.operators import LIST_HINTS, OPERATORS, Family, Operator, operator_hint
from catalogctl.query.query_errors import bad
from catalogctl.query.query_limits import MAX_CONDITIONS, MAX_PATTERNS, MAX_SUB_KEYS
from catalogctl.query.query_patterns import compile_pattern
from catalogctl.query.query_times import Instant, instant, timediff
from catalogctl.query.query_values import Value, fold
from catalogctl.wording import json_kind, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catalogctl.jsontypes import JSON
    from catalogctl.query.request_messages import Message

KEYWORD_FIELDS = ("plugin_id", "name", "provider", "labels")


def read_filters(query: Message, more: Sequence[Condition]) -> Filters:
    """Return the conditions of a query; `more` contains those of the request's own fields."""
    every, some = query.many("filter"), query.many("filter_or")
    both = (*every, *some)
    if len(both) > MAX_CONDITIONS:
        raise bad(f"a query has at most {MAX_CONDITIONS:,} conditions", query.pointer)
    for message in both:
        _check_structure(message)
    found = [_condition(message) for message in both]
    patterns = sum(len(c.test.patterns) for c in found if isinstance(c.test, Find))
    if patterns > MAX_PATTERNS:
        raise bad(f"a query has at most {MAX_PATTERNS} regular expressions", query.pointer)
    keyword = _keyword(query.text("keyword") or "")
    return Filters((*found[: len(every)], *more), (*found[len(every) :], *keyword))


def _keyword(keyword: str) -> Iterator[Condition]:
    """Yield the conditions that a keyword adds to `filter_or` (query spec 4, D-K1)."""
    words = tuple(fold(word) for word in keyword.strip().split(" ") if word)
    if words:
        for field in KEYWORD_FIELDS:
            yield Condition((field,), Contain(words))


def _check_structure(message: Message) -> None:
    """Check everything in a condition that does not depend on its path."""
    name, value, place = message.text("operator"), message.value("value"), message.place("value")
    operator = OPERATORS.get(name or "")
    if operator is None:
        raise _no_operator(message, name)
    if operator.takes_list and not isinstance(value, list):
        given = f"takes a list, not {json_kind(value)}" if message.has("value") else "has no value"
        what = f"{quote(operator.name)} {given}"
        raise ApiError("ERROR_OPERATOR_LIST_VALUE_TYPE", what, place, hint="write a list")
    if not operator.takes_list and isinstance(value, list):
        what = f"{quote(operator.name)} does not take a list"
        hint = LIST_HINTS[operator.name]
        raise ApiError("ERROR_OPERATOR_VALUE_TYPE", what, place, hint=hint)
    if not message.text("key"):
        raise bad("a condition has no key", message.place("key"))
    _check_value(operator, value, message)


def _no_operator(message: Message, name: str | None) -> ApiError:
    if not name:
        return bad("a condition has no operator", message.place("operator"))
    hint = operator_hint(name, OPERATORS, f"the operators are {', '.join(OPERATORS)}")
    return bad(f"there is no operator {quote(name)}", message.place("operator"), hint)


def _check_value(operator: Operator, value: JSON, message: Message) -> None:
    family, place = operator.family, message.place("value")
    given = json_kind(value) if message.has("value") else "nothing"
    if family is Family.EXIST:
        if not isinstance(value, bool):
            what = f'"exists" takes true or false, not {given}'
            raise ApiError("ERROR_OPERATOR_BOOLEAN_TYPE", what, place)
    elif family is Family.MATCH:
        if not isinstance(value, dict):
            what = f'"match" takes an object, not {given}'
            raise ApiError("ERROR_OPERATOR_DICT_VALUE_TYPE", what, place)
    elif not message.has("value"):
        raise bad(f"{quote(operator.name)} has no value", place, "null is a value too: write it")
    elif family in {Family.CONTAIN, Family.REGEX} and value == []:
        what = f"{quote(operator.name)} takes a list that is not empty"
        raise ApiError("ERROR_OPERATOR_LIST_VALUE_TYPE", what, place)
    elif family is Family.DATETIME:
        _date(value, place)
    elif family is Family.TIMEDIFF and not (isinstance(value, str) and timediff(value)):
        shown = quote(value) if isinstance(value, str) else given
        hint = 'write "now-7d", "now/w + 1h" or the like'
        raise bad(f"{shown} is not a time expression", place, hint)


def _condition(message: Message) -> Condition:
    """Return a condition of checked structure; check its path and what depends on it."""
    operator = OPERATORS[message.text("operator") or ""]
    segments = field_paths.parse(message.text("key") or "", message.place("key"))
    place, value = message.place("value"), message.value("value")
    is_date = FIELDS[segments[0]] is Field.DATE
    negated = operator.negated or (operator.family is Family.EXIST and value is False)
    return Condition(segments, _test(operator, value, place, is_date=is_date), negated)


def _test(operator: Operator, value: JSON, place: str, *, is_date: bool) -> Test:
    match operator.family:
        case Family.EXIST:
            return Exist()
        case Family.MATCH:
            return _match(value if isinstance(value, dict) else {}, place)
        case Family.EQUAL:
            return Equal((read_bound(value, place, is_date=is_date),))
        case Family.ONE_OF:
            return Equal(tuple(_elements(value, place, is_date=is_date)))
        case Family.COMPARE | Family.DATETIME:
            if isinstance(value, dict):
                raise bad(f"{quote(operator.name)} does not take an object", place)
            is_date = is_date or operator.family is Family.DATETIME
            return Compare(operator.comparison, read_bound(value, place, is_date=is_date))
        case Family.TIMEDIFF:
            return Compare(operator.comparison, timediff(str(value)))
        case Family.CONTAIN | Family.REGEX:
            texts = _texts(operator, value, place, is_date=is_date)
    if operator.family is Family.CONTAIN:
        return Contain(tuple(fold(text) for text, _ in texts))
    return Find(tuple(compile_pattern(text, at) for text, at in texts))


def _texts(
    operator: Operator, value: JSON, place: str, *, is_date: bool
) -> Iterator[tuple[str, str]]:
    """Yield the strings of contain* and regex* with their pointers; a date is not text (D-F8)."""
    for position, element in enumerate(value if isinstance(value, list) else [value]):
        at = child(place, position) if operator.takes_list else place
        if is_date:
            hint = "compare it: datetime_gte, datetime_lt"
            raise bad(f"{quote(operator.name)} does not look into a date", at, hint)
        if not isinstance(element, str):
            raise bad(f"{quote(operator.name)} takes strings, not {json_kind(element)}", at)
        yield element, at


def _elements(value: JSON, place: str, *, is_date: bool) -> Iterator[Value]:
    """Yield the elements of in and not_in."""
    for position, element in enumerate(value if isinstance(value, list) else []):
        at = child(place, position)
        if isinstance(element, list):
            raise bad("a list can't be an element here", at)
        yield read_bound(element, at, is_date=is_date)


def read_bound(value: JSON, place: str, *, is_date: bool) -> Value:
    """Return the value to compare with; for a date field, a string is read as a date (D-F9)."""
    return _date(value, place) if is_date and isinstance(value, str) else value


def _date(value: JSON, place: str) -> Instant:
    moment = instant(value) if isinstance(value, str) else None
    if moment is None:
        shown = quote(value) if isinstance(value, str) else json_kind(value)
        hint = 'write "2022-02-01" or "2022-02-01T09:00:00Z"'
        raise bad(f"{shown} is not a date", place, hint)
    return moment


def _match(value: dict[str, JSON], place: str) -> Match:
    if not 0 < len(value) <= MAX_SUB_KEYS:
        raise bad(f'"match" takes an object of 1 to {MAX_SUB_KEYS} sub-keys', place)
    _refuse_dollars(value, place)
    members = (
        (field_paths.split(name, child(place, name)), member) for name, member in value.items()
    )
    return Match(tuple(members))


def _refuse_dollars(value: JSON, pointer: str) -> None:
    """Raise ApiError if a key starts with «$», at any depth (D-F11)."""
    if isinstance(value, dict):
        for name, member in value.items():
            place = child(pointer, name)
            if name.startswith("$"):
                raise bad(f'the key {quote(name)} starts with "$"', place, NO_OPERATORS)
            _refuse_dollars(member, place)
    elif isinstance(value, list):
        for position, element in enumerate(value):
            _refuse_dollars(element, child(pointer, position))
