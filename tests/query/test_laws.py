"""Laws of the query language, on random plugins and random queries."""

from __future__ import annotations

import contextlib
import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogctl.errors import ApiError
from catalogctl.query import (
    Documents,
    canonical,
    document,
    named_fields,
    parse,
    query_id,
)
from query import reference
from query import strategies as some
from support.queries import ask, exact

law = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def listed(query: Any, plugins: Any) -> list[str]:
    """Return the plugin_ids that a list answers."""
    answer: Any = ask("list", {"query": query}, plugins, some.NOW)
    assert "error" not in answer, answer
    return [info["plugin_id"] for info in answer["results"]]


@settings(law, max_examples=40)
@given(some.infos(), some.list_requests)
def test_a_list_answers_what_the_slow_obvious_evaluator_does(plugins: Any, request: Any) -> None:
    expected = reference.answer_list(request, plugins, some.NOW)
    assert exact(ask("list", request, plugins, some.NOW)) == exact(expected)


@settings(law, max_examples=40)
@given(some.infos(), some.stat_requests)
def test_a_stat_answers_what_the_slow_obvious_evaluator_does(plugins: Any, request: Any) -> None:
    answer: Any = ask("stat", request, plugins, some.NOW)
    try:
        expected = reference.answer_stat(request, plugins, some.NOW)
    except reference.Refused:
        assert answer["error"]["code"] == "ERROR_DB_QUERY"
    else:
        assert exact(answer) == exact(expected)


COMPLEMENTS = {
    "eq": "not",
    "in": "not_in",
    "contain": "not_contain",
    "contain_in": "not_contain_in",
}


@law
@given(some.infos(), some.conditions())
def test_a_condition_and_its_negative_are_complements(plugins: Any, condition: Any) -> None:
    if condition["operator"] == "exists":
        negative = {**condition, "value": not condition["value"]}
    elif condition["operator"] in COMPLEMENTS:
        negative = {**condition, "operator": COMPLEMENTS[condition["operator"]]}
    else:
        return
    one = listed({"filter": [condition]}, plugins)
    other = listed({"filter": [negative]}, plugins)
    assert sorted(one + other) == sorted(listed({}, plugins))


@law
@given(some.infos(), some.conditions(), some.conditions())
def test_filters_are_an_intersection_and_filter_or_a_union(
    plugins: Any, one: Any, other: Any
) -> None:
    first, second = (set(listed({"filter": [each]}, plugins)) for each in (one, other))
    assert set(listed({"filter": [one, other]}, plugins)) == first & second
    assert set(listed({"filter_or": [one, other]}, plugins)) == first | second
    assert set(listed({"filter": [one], "filter_or": [other]}, plugins)) == first & second


@law
@given(some.infos(), some.list_queries, st.integers(1, 4))
def test_pages_tile_the_whole(plugins: Any, query: Any, limit: int) -> None:
    query = {name: value for name, value in query.items() if name not in {"page", "count_only"}}
    whole: Any = ask("list", {"query": query}, plugins, some.NOW)
    rows: list[Any] = []
    for start in range(1, len(plugins) + limit + 1, limit):
        page: Any = {"start": start, "limit": limit}
        part: Any = ask("list", {"query": {**query, "page": page}}, plugins, some.NOW)
        assert part["total_count"] == whole["total_count"] == len(whole["results"])
        rows += part["results"]
    assert rows == whole["results"]


@law
@given(some.infos(), some.sorts)
def test_a_sort_permutes_and_equal_keys_keep_the_base_order(plugins: Any, sort: Any) -> None:
    base = listed({}, plugins)
    found = listed({"sort": sort}, plugins)
    assert sorted(found) == sorted(base)
    once_more = [info for name in found for info in plugins if info["plugin_id"] == name]
    assert listed({"sort": sort}, once_more) == found
    constant = {"keys": [{"key": "repository_id", "desc": True}]}
    assert listed({"sort": constant}, plugins) == base


@law
@given(some.infos(), some.list_queries)
def test_count_only_counts_what_would_be_listed(plugins: Any, query: Any) -> None:
    query = {name: value for name, value in query.items() if name not in {"page", "count_only"}}
    counted: Any = ask("list", {"query": {**query, "count_only": True}}, plugins, some.NOW)
    whole: Any = ask("list", {"query": query}, plugins, some.NOW)
    assert counted == {"results": [], "total_count": len(whole["results"])}


@law
@given(st.data(), st.sampled_from(("list", "stat")))
def test_the_canonical_form_is_idempotent_and_blind_to_spelling(
    data: st.DataObject, kind: str
) -> None:
    request = data.draw(some.list_requests if kind == "list" else some.stat_requests)
    other = data.draw(some.respelled(request))
    text = canonical(kind, request)
    assert canonical(kind, other) == text
    assert canonical(kind, {"query": json.loads(text)["query"]}) == text
    plugins = data.draw(some.infos())
    assert ask(kind, request, plugins, some.NOW) == ask(kind, other, plugins, some.NOW)


@law
@given(some.infos(), some.list_requests, some.stat_requests)
def test_an_answer_changes_nothing_and_is_the_same_again(
    plugins: Any, listing: Any, counting: Any
) -> None:
    before = copy.deepcopy((plugins, listing, counting))
    shared = Documents(plugins)
    for kind, request in (("list", listing), ("stat", counting), ("list", listing)):
        fresh = ask(kind, request, plugins, some.NOW)
        assert exact(ask(kind, request, shared, some.NOW)) == exact(fresh)
    assert exact([plugins, listing, counting]) == exact([*before])


@settings(law, max_examples=40)
@given(some.infos(), st.sampled_from(("list", "stat")), st.data())
def test_a_query_looks_at_no_other_field_than_it_names(
    plugins: Any, kind: str, data: st.DataObject
) -> None:
    request: Any = data.draw(some.list_requests if kind == "list" else some.stat_requests)
    named = named_fields(parse(kind, request, repository_id=str(some.REPOSITORY["repository_id"])))
    rows = [{field: document(info)[field] for field in named} for info in plugins]
    documents = Documents(plugins, rows)
    expected = ask(kind, request, plugins, some.NOW)
    assert exact(ask(kind, request, documents, some.NOW)) == exact(expected)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=3)
    | st.sampled_from(("name", "tags.a", "eq", "in", "count", "labels")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    *(
                        "query",
                        "filter",
                        "filter_or",
                        "sort",
                        "page",
                        "only",
                        "keyword",
                        "aggregate",
                    ),
                    *(
                        "distinct",
                        "group",
                        "keys",
                        "fields",
                        "k",
                        "v",
                        "o",
                        "n",
                        "key",
                        "name",
                        "path",
                    ),
                    *(
                        "unwind",
                        "project",
                        "limit",
                        "skip",
                        "count",
                        "operator",
                        "conditions",
                        "desc",
                    ),
                )
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(law, max_examples=40)
@given(anything, st.sampled_from(("list", "stat")))
def test_any_json_at_all_gets_an_answer_or_an_error_of_the_api(value: Any, kind: str) -> None:
    """R-15: never a traceback, whatever a stranger writes into a query."""
    for request in (value, {"query": value}):
        answer: Any = ask(kind, request, [], some.NOW)
        assert set(answer) in ({"results"}, {"results", "total_count"}, {"error"})
        with contextlib.suppress(ApiError):
            query_id(kind, request)
