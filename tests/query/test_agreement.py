"""Python and JavaScript agree on random requests, on their steps, their names, random patterns.

Two makers of requests: the strategies of the laws, which hypothesis shrinks and which are right,
and a wilder one with the values on which languages differ, and with mistakes.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from random import Random
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogctl.errors import ApiError
from catalogctl.query import base_order, canonical
from catalogctl.query.query_limits import StepBudget
from catalogctl.query.query_patterns import compile_pattern
from query import strategies as some
from query.test_laws import law
from support.javascript import JavaScript, doubles, javascript
from support.queries import ask, exact
from support.random_queries import Requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

REQUESTS = 200
PATTERNS = 300
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "list": some.list_requests,
    "stat": some.stat_requests,
}


@pytest.fixture(scope="module")
def engine() -> Iterator[JavaScript]:
    with javascript() as started:
        yield started


@settings(law, max_examples=30)
@given(some.infos(), st.data())
def test_both_engines_give_the_same_answers(
    engine: JavaScript, plugins: list[JSONObject], data: st.DataObject
) -> None:
    for kind, requests in KINDS.items():
        request: JSONObject = data.draw(some.respelled(data.draw(requests)))
        agree(engine, kind, request, plugins, some.NOW)


@pytest.mark.parametrize("seed", range(20))
def test_both_engines_give_the_same_answer_to_any_request(seed: int, engine: JavaScript) -> None:
    make = Requests(Random(seed))
    plugins = base_order([make.plugin(number) for number in range(make.random.randint(1, 30))])
    for _ in range(REQUESTS):
        kind = make.one(("list", "stat"))
        agree(engine, kind, make.request(kind), plugins)


def test_both_engines_count_characters_alike(engine: JavaScript) -> None:
    """R-15: a character outside the basic plane is one, not two."""
    wide = "\N{GRINNING FACE}" * 100
    plugins: list[JSONObject] = [{"plugin_id": "p", "name": wide, "tags": {"wide": wide}}]
    for operator in ("contain", "regex"):
        condition: JSONObject = {"k": "name", "v": "x", "o": operator}
        agree(engine, "list", {"query": {"filter": [condition]}}, plugins)
    keys: list[JSON] = [{"k": "tags", "n": "tags"}]
    agree(engine, "stat", {"query": {"aggregate": [{"group": {"keys": keys}}]}}, plugins)


def agree(
    engine: JavaScript,
    kind: str,
    request: Any,
    plugins: list[JSONObject],
    now: str | None = None,
) -> None:
    """Hold the answers of both engines, their steps and their names against each other."""
    with counted_steps() as steps:
        python = ask(kind, request, plugins, now)
    answer = engine.ask(kind, request, plugins, now)
    assert exact(doubles(answer)) == exact(doubles(python)), (kind, json.dumps(request))
    assert engine.tell({"steps": True}) == sum(steps), (kind, json.dumps(request))
    assert engine.tell({"canonical": kind, "request": request}) == named(kind, request)


@contextmanager
def counted_steps() -> Iterator[list[int]]:
    """Count the steps that Python's engine takes."""
    steps: list[int] = []
    spend = StepBudget.spend

    def counting(budget: StepBudget, more: int) -> None:
        steps.append(more)
        spend(budget, more)

    with mock.patch.object(StepBudget, "spend", counting):
        yield steps


def named(kind: str, request: JSONObject) -> JSON:
    try:
        text = canonical(kind, request)
    except ApiError as error:
        return {"error": {"code": error.code, "pointer": error.pointer}}
    return {"canonical": text.decode(), "sha256": hashlib.sha256(text).hexdigest()}


@pytest.mark.parametrize("seed", range(10))
def test_both_engines_find_the_same_with_a_random_pattern(seed: int, engine: JavaScript) -> None:
    """R-15: RE2 on one side, an automaton of our own on the other."""
    make = Requests(Random(seed))
    for _ in range(PATTERNS):
        text = make.pattern()
        texts = [*make.some(lambda: "".join(make.some(lambda: make.word("texts"), 4)), 6, 6), text]
        try:
            pattern = compile_pattern(text, "")
        except ApiError as error:
            expected: JSON = {"error": {"code": error.code, "pointer": ""}}
        else:
            expected = [pattern.found(each, StepBudget(0)) for each in texts]
        assert engine.tell({"pattern": text, "texts": [*texts]}) == expected, (text, texts)
