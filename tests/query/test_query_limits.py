"""R-15: whatever a saved query asks for, it ends: answered, or refused under a limit that is told.

No time is measured here: the limits are counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from catalogctl.errors import ApiError
from catalogctl.query import Documents, answer, json_check, query_limits
from support.queries import ask, fixture

if TYPE_CHECKING:
    from collections.abc import Callable

PLUGINS = 2_000
DB_QUERY, INVALID = "ERROR_DB_QUERY", "ERROR_INVALID_PARAMETER"


def condition(key: str, value: Any, operator: str) -> dict[str, Any]:
    return {"key": key, "value": value, "operator": operator}


def filters(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"filter": list(conditions)}


@pytest.fixture(scope="module")
def many() -> Documents:
    """Return more plugins than conditions are cheap on."""
    elder = fixture().plugins["elder"]
    return Documents(
        [{**elder, "plugin_id": f"plugin-{n:05}", "name": f"n{n:05}"} for n in range(PLUGINS)]
    )


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return value


MANY_GROUPS = [
    {
        "group": {
            "fields": [{"name": name, "key": "name", "operator": "add_to_set"} for name in "ab"]
        }
    }
]
DOUBLING = [
    {"project": {"fields": [{"key": "a", "name": "a"}, {"key": "a", "name": "b"}]}},
    {
        "group": {
            "fields": [
                {
                    "name": "a",
                    "operator": "push",
                    "fields": [{"key": "a", "name": "a"}, {"key": "b", "name": "b"}],
                }
            ]
        }
    },
]
REFUSED: dict[str, tuple[str, Any, str, str | None]] = {
    "conditions times plugins": (
        "list",
        {"filter_or": [condition("tags.tier", f"x{n}", "eq") for n in range(500)]},
        DB_QUERY,
        "",
    ),
    "more conditions than there may be": (
        "list",
        filters(*[condition("name", "x", "eq")] * (query_limits.MAX_CONDITIONS + 1)),
        DB_QUERY,
        "",
    ),
    "words times plugins": (
        "list",
        filters(condition("name", [f"x{n}" for n in range(50_000)], "contain_in")),
        DB_QUERY,
        "",
    ),
    "a keyword of many words": (
        "list",
        {"keyword": " ".join(f"x{n}" for n in range(20_000))},
        DB_QUERY,
        "",
    ),
    "more patterns than there may be": (
        "list",
        filters(condition("name", ["x"] * (query_limits.MAX_PATTERNS + 1), "regex_in")),
        DB_QUERY,
        "",
    ),
    "a pattern that is too long": (
        "list",
        filters(condition("name", "x" * (query_limits.MAX_PATTERN + 1), "regex")),
        DB_QUERY,
        "/filter/0/value",
    ),
    "a pattern that repeats too much": (
        "list",
        filters(condition("name", "((x{10}){10}){11}", "regex")),
        DB_QUERY,
        "/filter/0/value",
    ),
    "patterns of many states": (
        "list",
        {
            "filter_or": [
                condition("image", f"(?:.?){{400}}[^x]{{490}}{n}", "regex") for n in range(50)
            ]
        },
        DB_QUERY,
        "",
    ),
    "more sub-keys than there may be": (
        "list",
        filters(condition("tags.mixed", {f"a{n}": 1 for n in range(101)}, "match")),
        DB_QUERY,
        "/filter/0/value",
    ),
    "a path of many names": (
        "list",
        filters(condition(f"tags{'.a' * query_limits.MAX_SEGMENTS}", 1, "eq")),
        DB_QUERY,
        "/filter/0/key",
    ),
    "many sort keys": ("list", {"sort": {"keys": [{"key": "name"}] * 10_000}}, DB_QUERY, ""),
    "more values than there may be": (
        "list",
        filters(condition("name", [0] * 100_000, "in")),
        INVALID,
        None,
    ),
    "too many stages": ("stat", {"aggregate": [{"skip": 0}] * 101}, DB_QUERY, "/aggregate/100"),
    "every element with every other": (
        "stat",
        {"aggregate": [*MANY_GROUPS, {"unwind": {"path": "a"}}, {"unwind": {"path": "b"}}]},
        DB_QUERY,
        "",
    ),
    "a value that doubles": (
        "stat",
        {"aggregate": [*MANY_GROUPS, *DOUBLING * 30]},
        DB_QUERY,
        "",
    ),
    "many fields of a group": (
        "stat",
        {
            "aggregate": [
                {
                    "group": {
                        "fields": [
                            {"name": f"f{n}", "key": "name", "operator": "max"}
                            for n in range(10_000)
                        ]
                    }
                }
            ]
        },
        DB_QUERY,
        "",
    ),
    "many conditions of a group's field": (
        "stat",
        {
            "aggregate": [
                {
                    "group": {
                        "fields": [
                            {
                                "name": "n",
                                "operator": "count",
                                "conditions": [condition("name", "x", "lt")] * 10_000,
                            }
                        ]
                    }
                }
            ]
        },
        DB_QUERY,
        "",
    ),
    "a long date format": (
        "stat",
        {
            "aggregate": [
                {"group": {"keys": [{"key": "created_at", "name": "d", "date_format": "%Y" * 51}]}}
            ]
        },
        DB_QUERY,
        "/aggregate/0/group/keys/0/date_format",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_query_that_asks_for_too_much_is_refused_with_its_place(
    name: str, many: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With smaller limits, which are reached sooner; the real ones are only larger."""
    monkeypatch.setattr(query_limits, "STEPS", 100_000)
    monkeypatch.setattr(query_limits, "STEPS_PER_PLUGIN", 100)
    monkeypatch.setattr(json_check, "MAX_NODES", 100_000)
    kind, query, code, pointer = REFUSED[name]
    answer = ask(kind, {"query": query}, many)
    expected = "" if pointer is None else f"/query{pointer}"
    assert answer == {"error": {"code": code, "pointer": expected}}


def test_json_that_nests_too_deep_is_refused(many: Documents) -> None:
    """Also far beyond what Python's own stack could follow."""
    for levels in (query_limits.MAX_DEPTH, 100_000):
        answer: Any = ask("list", {"query": filters(condition("tags", nested(levels), "eq"))}, many)
        assert answer["error"]["code"] == INVALID
    deepest = nested(query_limits.MAX_DEPTH - 4)
    assert ask("list", {"query": filters(condition("tags", deepest, "eq"))}, many) == {
        "results": [],
        "total_count": 0,
    }


ANSWERED: dict[str, Callable[[], tuple[str, Any]]] = {
    "a million elements": lambda: (
        "list",
        filters(condition("name", list(map(str, range(10**6))), "in")),
    ),
    "many numbers": lambda: ("list", filters(condition("tags.tier", list(range(10**5)), "in"))),
    "a pattern that would backtrack for ever": lambda: (
        "list",
        filters(condition("name", "^(([a-z0-9])+.)+[A-Z]([a-z0-9])+!$", "regex")),
    ),
    "nested repeats": lambda: ("list", filters(condition("name", "((a*)*)*b", "regex"))),
    "a group on everything": lambda: (
        "stat",
        {
            "aggregate": [
                {
                    "group": {
                        "keys": [
                            {"key": each, "name": each} for each in fixture().plugins["elder"]
                        ],
                        "fields": [{"name": "count", "operator": "count"}],
                    }
                },
                {"count": {"name": "groups"}},
            ]
        },
    ),
    "digits without end": lambda: (
        "list",
        filters(condition("created_at", f"now-{'9' * 10**6}s", "timediff_lt")),
    ),
    "a text of megabytes": lambda: ("list", filters(condition("name", "x" * 10**7, "contain"))),
}


@pytest.mark.parametrize("name", ANSWERED)
def test_a_query_that_only_looks_costly_is_answered(name: str, many: Documents) -> None:
    kind, query = ANSWERED[name]()
    answer: Any = ask(kind, {"query": query}, many)
    assert "error" not in answer
    assert len(answer["results"]) == answer.get("total_count", 1)


LONG = {
    "labels": condition("labels", "x", "eq"),
    "any label": condition("labels", "x", "contain"),
    "a list below": condition("tags.mixed", "x", "eq"),
    "a text": condition("name", "x", "contain"),
    "a text below": condition("tags.note", "x", "contain"),
    "an element of a list": condition("tags.steps", {"k": "x"}, "match"),
}


@pytest.mark.parametrize("name", LONG)
def test_a_condition_costs_as_much_as_it_looks_at(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred conditions on three plugins are few, unless their lists and texts are long."""
    monkeypatch.setattr(query_limits, "STEPS", 100_000)
    query: Any = {"filter_or": [LONG[name]] * 100}
    assert ask("list", {"query": query}, fixture().infos[:3])["total_count"] == 0
    long: dict[str, Any] = {
        "name": "n" * 40_000,
        "labels": ["l"] * 40_000,
        "tags": {"mixed": [1] * 40_000, "note": "n" * 40_000, "steps": [{"k": 1}] * 40_000},
    }
    plugins = [{**info, **long} for info in fixture().infos[:3]]
    assert ask("list", {"query": query}, plugins) == {
        "error": {"code": DB_QUERY, "pointer": "/query"}
    }


def test_ten_thousand_conditions_are_answered_on_a_small_catalog() -> None:
    query: Any = {"filter": [condition("name", f"x{n}", "not") for n in range(10_000)]}
    assert ask("list", {"query": query})["total_count"] == 8


def test_the_message_tells_the_limit_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_limits, "STEPS", 10_000)
    three = Documents(fixture().infos[:3])
    request: Any = {"query": {"sort": {"keys": [{"key": "name"}] * 10_000}}}
    repository_id = fixture().repository_id
    with pytest.raises(ApiError) as refused:
        answer("list", request, three, now=fixture().now, repository_id=repository_id)
    assert refused.value.message == "the query takes more than 13,000 steps"
    assert refused.value.hint == "filter first, and look at fewer or smaller values"


def test_a_tree_of_another_tool_that_nests_too_deep_is_no_crash() -> None:
    deep = {**fixture().plugins["ash"], "tags": nested(50_000)}
    query: Any = {"aggregate": [{"group": {"keys": [{"key": "tags", "name": "t"}]}}]}
    assert ask("stat", {"query": query}, [deep]) == {
        "error": {"code": DB_QUERY, "pointer": "/query"}
    }
