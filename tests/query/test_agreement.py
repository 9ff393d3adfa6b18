"""Python and JavaScript agree on random requests, on their names, on random patterns."""

from __future__ import annotations

import hashlib
import json
from random import Random
from typing import TYPE_CHECKING

import pytest

from catalogctl.errors import ApiError
from catalogctl.query import base_order, canonical
from catalogctl.query.limits import Budget
from catalogctl.query.patterns import compile_pattern
from support.javascript import JavaScript, doubles, javascript
from support.queries import ask, exact
from support.random_queries import Requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

QUERIES = 200


@pytest.fixture(scope="module")
def engine() -> Iterator[JavaScript]:
    with javascript() as started:
        yield started


@pytest.mark.parametrize("seed", range(20))
def test_both_engines_give_the_same_answer_to_a_random_request(
    seed: int, engine: JavaScript
) -> None:
    make = Requests(Random(seed))
    plugins = base_order([make.plugin(number) for number in range(make.random.randint(1, 30))])
    for _ in range(QUERIES):
        kind = make.one(("list", "stat"))
        request = make.request(kind)
        python = ask(kind, request, plugins)
        answer = engine.ask(kind, request, plugins)
        assert exact(doubles(answer)) == exact(doubles(python)), (kind, json.dumps(request))
        assert engine.tell({"canonical": kind, "request": request}) == named(kind, request)


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
    for _ in range(300):
        text = make.pattern()
        texts = [
            *make.some(lambda: "".join(make.some(lambda: make.word("texts"), 4)), 6, 6),
            "",
            text,
        ]
        try:
            pattern = compile_pattern(text, "")
        except ApiError as error:
            expected: JSON = {"error": {"code": error.code, "pointer": ""}}
        else:
            expected = [pattern.found(each, Budget(0)) for each in texts]
        assert engine.tell({"pattern": text, "texts": [*texts]}) == expected, (text, texts)
