"""Every example of docs/query.md is run: against the shipped catalog, and kept by `make golden`."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from catalogctl import Catalog
from catalogctl.query import canonical, query_id, query_limits
from catalogctl.query.operators import OPERATORS
from support.schemas import ROOT

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSONObject

PAGE = ROOT / "docs" / "query.md"
NOW = "2099-01-01T00:00:00.000Z"
_EXAMPLE = re.compile(
    r"```yaml\n# (?P<kind>list|stat)\n(?P<query>.*?)```\n"
    r"(?P<answer>(?:```json\n.*?```|<!-- answer -->)\n)",
    re.DOTALL,
)
_VECTORS = re.compile(
    r"(?<=\| sha256 \|\n\| --- \| --- \| --- \|\n)(?:<!-- vectors -->\n|(?:\|.*\n)+)"
)
REQUESTS: list[tuple[str, JSONObject]] = [
    ("list", {}),
    ("list", {"provider": "aws", "query": {"page": {"limit": 10.0}}}),
    ("list", {"query": {"filter": [{"k": "tags.icon", "v": None, "o": "eq"}], "keyword": ""}}),
    ("stat", {"query": {"distinct": "labels"}}),
]


@cache
def catalog() -> Catalog:
    """Open the shipped catalog at a time that lies after all of its commits."""
    return Catalog.open(ROOT / "catalog", now=NOW)


def answered(kind: str, query: Any) -> str:
    """Return the block of the answer: a row a line."""
    answer = catalog().list(query) if kind == "list" else catalog().stat(query)
    total = answer.get("total_count")
    rows = answer["results"]
    assert isinstance(rows, list)
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    body = '{"results": [' + ("\n  " + ",\n  ".join(lines) if lines else "") + "]"
    last = f',\n "total_count": {total}}}' if total is not None else "}"
    return f"```json\n{body}{last}\n```\n"


def vectors() -> str:
    """Return the rows of the table of canonical forms."""
    return "".join(
        f"| {kind} `{json.dumps(request)}` | `{canonical(kind, request).decode()}`"
        f" | `{query_id(kind, request)}` |\n"
        for kind, request in REQUESTS
    )


def made(text: str) -> str:
    """Return the page with the answers that the engine gives."""

    def example(found: re.Match[str]) -> str:
        query = yaml.safe_load(found["query"])
        before = found[0].removesuffix(found["answer"])
        return before + answered(found["kind"], query)

    return _VECTORS.sub(lambda _: vectors(), _EXAMPLE.sub(example, text))


def test_the_golden_answers_on_the_page_are_the_engine_s() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(_EXAMPLE.findall(text)) == 10
    page = made(text)
    if os.environ.get("GOLDEN") == "accept":
        PAGE.write_text(page, encoding="utf-8")
        text = page
    assert page == text, "make golden writes the answers anew"


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_stands_in_the_table(operator: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    if operator.startswith(("datetime_", "timediff_")):
        operator = operator.partition("_")[0] + "_lt"
    assert f"`{operator}`" in text


@pytest.mark.parametrize(
    "limit",
    [
        *(
            query_limits.MAX_DEPTH,
            query_limits.MAX_NODES,
            query_limits.MAX_CONDITIONS,
            query_limits.MAX_PATTERNS,
        ),
        *(
            query_limits.MAX_SUB_KEYS,
            query_limits.MAX_SEGMENTS,
            query_limits.MAX_STAGES,
            query_limits.MAX_DATE_FORMAT,
        ),
        *(
            query_limits.MAX_PATTERN,
            query_limits.MAX_PATTERN_SIZE,
            query_limits.MAX_REPEAT,
            query_limits.MAX_GROUPS,
        ),
        *(query_limits.STEPS, query_limits.STEPS_PER_PLUGIN),
    ],
)
def test_every_limit_stands_on_the_page(limit: int) -> None:
    assert re.search(rf"\b{limit:,}\b", PAGE.read_text(encoding="utf-8"))
