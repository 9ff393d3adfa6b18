from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from catalogctl.query import canonical, query_id
from support.queries import FOLDER

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

VECTORS = json.loads((FOLDER / "canonical.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["vectors"], ids=lambda case: case["id"])
def test_a_query_has_the_canonical_form_of_its_vector(case: JSONObject) -> None:
    request = case["request"]
    assert isinstance(request, dict)
    text = canonical(str(case["kind"]), request)
    assert text.decode() == case["canonical"]
    assert hashlib.sha256(text).hexdigest() == query_id(str(case["kind"]), request)
    assert case["sha256"] == query_id(str(case["kind"]), request)


@pytest.mark.parametrize("case", VECTORS["vectors"], ids=lambda case: case["id"])
def test_the_canonical_form_of_a_canonical_query_is_itself(case: JSONObject) -> None:
    once = json.loads(str(case["canonical"]))
    assert canonical(once["kind"], {"query": once["query"]}).decode() == case["canonical"]


@pytest.mark.parametrize("case", VECTORS["one"], ids=lambda case: case["id"])
def test_two_spellings_of_one_query_have_one_id(case: dict[str, list[JSONObject]]) -> None:
    assert len({query_id(str(case["kind"]), request) for request in case["requests"]}) == 1


@pytest.mark.parametrize("case", VECTORS["different"], ids=lambda case: case["id"])
def test_two_queries_have_two_ids(case: dict[str, list[JSONObject]]) -> None:
    ids = {query_id(str(case["kind"]), request) for request in case["requests"]}
    assert len(ids) == len(case["requests"])
