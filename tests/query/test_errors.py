"""An error says what is wrong with the request, what was expected, and what was probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.errors import ApiError
from catalogctl.query import only_fields, parse
from support.queries import fixture

if TYPE_CHECKING:
    from collections.abc import Callable


def error(kind: str, request: Any) -> ApiError:
    with pytest.raises(ApiError) as refused:
        parse(kind, request, repository_id=fixture().repository_id)
    return refused.value


def of_condition(key: str, value: Any, operator: str) -> ApiError:
    condition = {"key": key, "value": value, "operator": operator}
    return error("list", {"query": {"filter": [condition]}})


MEANT: dict[str, tuple[Callable[..., ApiError], tuple[Any, ...], str]] = {
    "an operator": (of_condition, ("name", "x", "contains"), 'did you mean "contain"?'),
    "an operator in capitals": (of_condition, ("name", "x", "NOT_IN"), 'did you mean "not_in"?'),
    "a field": (of_condition, ("servicetype", "x", "eq"), 'did you mean "service_type"?'),
    "a member of repository_info": (
        of_condition,
        ("repository_info.repositoryid", "x", "eq"),
        'did you mean "repository_id"?',
    ),
    "a field below a string": (of_condition, ("name.first", "x", "eq"), 'write "name"'),
    "an operator for a list": (of_condition, ("name", ["x"], "eq"), '"in" does'),
    "its negative": (of_condition, ("name", ["x"], "not"), '"not_in" does'),
    "another for a list": (of_condition, ("name", ["x"], "contain"), '"contain_in" does'),
    "a list for an operator": (of_condition, ("name", "x", "in"), "write a list"),
    "a time": (
        of_condition,
        ("created_at", "7d", "timediff_gt"),
        'write "now-7d", "now/w + 1h" or the like',
    ),
    "a date": (
        of_condition,
        ("created_at", "yesterday", "eq"),
        'write "2022-02-01" or "2022-02-01T09:00:00Z"',
    ),
    "a member of the query": (
        error,
        ("list", {"query": {"filters": []}}),
        'did you mean "filter"?',
    ),
    "a member of the request": (error, ("list", {"providers": "aws"}), 'did you mean "provider"?'),
    "a state": (error, ("list", {"state": "enabled"}), 'did you mean "ENABLED"?'),
    "a stage": (error, ("stat", {"query": {"aggregate": [{"grup": {}}]}}), 'did you mean "group"?'),
    "an operator of a group": (
        error,
        (
            "stat",
            {
                "query": {
                    "aggregate": [{"group": {"fields": [{"n": "x", "k": "y", "o": "avarage"}]}}]
                }
            },
        ),
        'did you mean "average"?',
    ),
    "a direction": (
        error,
        ("list", {"query": {"sort": {"key": "-name"}}}),
        'write "name", and desc: true',
    ),
    "a repository": (
        error,
        ("list", {"repository_id": "repo-x"}),
        f'this catalog is "{fixture().repository_id}"',
    ),
}


@pytest.mark.parametrize("name", MEANT)
def test_an_error_hints_at_what_was_meant(name: str) -> None:
    find, arguments, hint = MEANT[name]
    assert find(*arguments).hint == hint


def test_a_message_names_the_value_as_it_was_written_and_stays_short() -> None:
    refused = of_condition("name", "x", "a\nb" + "c" * 200)
    assert refused.message == f'there is no operator "a�b{"c" * 57}…"'
    assert refused.pointer == "/query/filter/0/operator"


def test_only_of_get_is_checked_as_that_of_list() -> None:
    info = fixture().plugins["ash"]
    assert only_fields(info, ["tags.tier", "registry_url"]) == {
        "registry_url": "registry.hub.docker.com",
        "tags": {"tier": 1},
    }
    with pytest.raises(ApiError) as refused:
        only_fields(info, ["name", "colour"])
    assert (refused.value.code, refused.value.pointer) == ("ERROR_DB_QUERY", "/only/1")
    for text, meant in (("repository_id", "repository_info"), ("labels.0", "labels")):
        with pytest.raises(ApiError) as refused:
            only_fields(info, [text])
        assert refused.value.hint == f'write "{meant}"'


def test_the_base_order_is_by_name_then_plugin_id_by_code_point() -> None:
    from catalogctl.query import base_order

    names = [("é", "a"), ("z", "b"), ("Z", "c"), ("z", "a"), ("😀", "a"), ("\uffee", "a")]
    found = base_order([{"name": name, "plugin_id": plugin_id} for name, plugin_id in names])
    assert [(each["name"], each["plugin_id"]) for each in found] == [
        *[("Z", "c"), ("z", "a"), ("z", "b"), ("é", "a"), ("\uffee", "a"), ("😀", "a")]
    ]
