"""The JavaScript engine against the data that every engine is held against."""

from __future__ import annotations

import json
import os
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.errors import ApiError
from catalogctl.query import parse, query_limits
from catalogctl.query.operators import OPERATORS
from catalogctl.query.query_times import instant
from catalogctl.query.query_values import fold
from support.folding import table
from support.javascript import ROOT, JavaScript, doubles, javascript
from support.queries import FOLDER, Case, ask, cases, exact
from support.query_language import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSON, JSONObject

CASES = cases()
_SURROGATES = range(0xD800, 0xE000)


@pytest.fixture(scope="module")
def engine() -> Iterator[JavaScript]:
    with javascript() as started:
        yield started


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_javascript_answers_a_query_as_its_case_says(case: Case, engine: JavaScript) -> None:
    answer = engine.ask(case.kind, case.request, case.infos, case.now)
    assert exact(doubles(answer)) == exact(doubles(case.expected))


def data(name: str) -> dict[str, Any]:
    """Return a file of vectors."""
    found: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return found


def test_javascript_names_a_query_as_the_vectors_say(engine: JavaScript) -> None:
    for vector in data("canonical.json")["vectors"]:
        named = engine.tell({"canonical": vector["kind"], "request": vector["request"]})
        expected = {name: vector[name] for name in ("canonical", "sha256")}
        assert named == expected, vector["id"]


def test_javascript_finds_what_the_patterns_say(engine: JavaScript) -> None:
    """R-15: the dialect, on an automaton of our own."""
    for accepted in data("patterns.json")["accepted"]:
        finds, misses = accepted["finds"], accepted["misses"]
        found = engine.tell({"pattern": accepted["pattern"], "texts": [*finds, *misses]})
        assert found == [True] * len(finds) + [False] * len(misses), accepted["pattern"]


def test_javascript_refuses_what_is_not_in_the_dialect(engine: JavaScript) -> None:
    for refused in data("patterns.json")["refused"]:
        pattern = refused if isinstance(refused, str) else refused["pattern"]
        answer = engine.tell({"pattern": pattern, "texts": []})
        assert answer == {"error": {"code": "ERROR_DB_QUERY", "pointer": ""}}, pattern


def test_both_engines_have_the_same_limits(engine: JavaScript) -> None:
    """R-15."""
    bounds = engine.tell({"limits": True})
    assert isinstance(bounds, dict)
    assert bounds == {name: getattr(query_limits, name) for name in bounds}
    assert {"MAX_CONDITIONS", "MAX_NODES", "MAX_PATTERN", "STEPS"} <= bounds.keys()


def test_golden_table_of_case_is_that_of_python() -> None:
    if unicodedata.unidata_version != "14.0.0":
        pytest.skip("the table is of Unicode 14, as Python 3.11 knows it")
    path = ROOT / "site/js/query/folding.js"
    if os.environ.get("GOLDEN") == "accept":
        path.write_text(table(), encoding="utf-8")
    assert table() == path.read_text(encoding="utf-8"), "make golden writes it anew"


def test_golden_tables_of_the_language_are_those_of_python() -> None:
    path = ROOT / "site/js/query/language.js"
    if os.environ.get("GOLDEN") == "accept":
        path.write_text(tables(), encoding="utf-8")
    assert tables() == path.read_text(encoding="utf-8"), "make golden writes it anew"


def test_both_engines_ignore_case_alike_in_every_character(engine: JavaScript) -> None:
    text = "".join(chr(code) for code in range(0x110000) if code not in _SURROGATES)
    folded = engine.tell({"fold": text})
    assert isinstance(folded, str)
    # A Python with a newer Unicode may know more cases than the table, but no other ones.
    newer = unicodedata.unidata_version != "14.0.0"
    if folded == fold(text):
        return
    for char, ours, python in zip(text, folded, fold(text), strict=True):
        assert ours == python or (newer and ours == char), hex(ord(char))


_ALL = f"the operators are {', '.join(OPERATORS)}"
_FEW = "write eq, not, lt, lte, gt or gte"
HINTS: list[tuple[str, JSON, str, str]] = [
    *((each, "x", 'did you mean "eq"?', 'did you mean "eq"?') for each in ("==", "equals", "EQ")),
    *(
        (each, "x", 'did you mean "not"?', 'did you mean "not"?')
        for each in ("ne", "neq", "NEQ", "not_eq", "!=", "<>", "nto", "nott")
    ),
    (">=", "x", 'did you mean "gte"?', 'did you mean "gte"?'),
    ("nin", "x", 'did you mean "not_in"?', _FEW),
    ("notin", ["x"], 'did you mean "not_in"?', 'did you mean "not"?'),
    ("like", "x", 'did you mean "contain"?', _FEW),
    ("not_like", "x", 'did you mean "not_contain"?', _FEW),
    ("contains", "x", 'did you mean "contain"?', _FEW),
    ("ncontain", "x", 'did you mean "not_contain"?', _FEW),
    ("!contain", "x", 'did you mean "not_contain"?', _FEW),
    ("not_regex", "x", _ALL, _FEW),
    ("not_match", "x", _ALL, _FEW),
    ("nexists", "x", _ALL, _FEW),
    ("exists", [True], "it takes true or false", ""),
    ("match", [{}], "it takes an object", ""),
    ("lt", [1], "it takes a single value", ""),
    ("datetime_gte", ["2022"], 'it takes a date, such as "2022-02-01"', ""),
    ("timediff_lt", ["now"], 'it takes a time expression, such as "now-7d"', ""),
    ("not", ["x"], '"not_in" does', ""),
    ("contain", ["x"], '"contain_in" does', ""),
    ("not_contain", ["x"], '"not_contain_in" does', ""),
    ("regex", ["x"], '"regex_in" does', ""),
    ("eq", ["x"], '"in" does', ""),
]


@pytest.mark.parametrize(("operator", "value", "hint", "in_group"), HINTS)
def test_both_engines_say_which_operator_was_meant(
    engine: JavaScript, operator: str, value: JSON, hint: str, in_group: str
) -> None:
    """A negation is never taken for its opposite."""
    condition: JSONObject = {"k": "name", "v": value, "o": operator}
    field: JSONObject = {"n": "x", "o": "count", "conditions": [condition]}
    queries: list[tuple[str, JSONObject, str]] = [
        ("list", {"filter": [condition]}, hint),
        ("stat", {"aggregate": [{"group": {"fields": [field]}}]}, in_group),
    ]
    for kind, query, expected in (each for each in queries if each[2]):
        with pytest.raises(ApiError) as refused:
            parse(kind, {"query": query}, repository_id="")
        asked: JSONObject = {"kind": kind, "request": {"query": query}, "words": True}
        error: Any = engine.tell(asked)
        assert [refused.value.hint, error["error"]["hint"]] == [expected] * 2
        assert refused.value.message == error["error"]["message"]


LONG = "a" * 20_000


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("^(a+)+$", [True]),
        ("^(a+)+b", [False]),
        ("(a*)*b", [False]),
        ("(a|a|aa)*$", [True]),
        ("(.*)(.*)(.*)(.*)b", [False]),
        ("(?:a?){300}a{300}", [True]),
        ("(?:.*a.{20}|.*b.{19})c", [False]),
        ("(?:a.{12}){5}\\d", [False]),
    ],
)
def test_a_hostile_pattern_ends_in_javascript(
    pattern: str, found: JSON, engine: JavaScript
) -> None:
    """R-15: a backtracking search would take longer than there is time."""
    assert engine.tell({"pattern": pattern, "texts": [LONG]}) == found


def test_a_query_that_asks_too_much_ends_in_javascript(engine: JavaScript) -> None:
    """R-15: with the same error as in Python."""
    plugins: list[JSONObject] = [
        {"plugin_id": f"p{n}", "name": "x", "tags": {"list": [{"a": 1}] * 40}} for n in range(10)
    ]
    pushed: list[JSON] = [{"k": "tags", "n": f"value{n}"} for n in range(60)]
    fields: list[JSON] = [{"n": f"f{n}", "o": "push", "fields": pushed} for n in range(60)]
    stages: list[JSON] = [{"unwind": {"path": "tags.list"}}, {"group": {"fields": fields}}]
    request: JSONObject = {"query": {"aggregate": stages}}
    expected = {"error": {"code": "ERROR_DB_QUERY", "pointer": "/query"}}
    assert ask("stat", request, plugins) == expected
    assert engine.ask("stat", request, plugins) == expected


EDGES = """
0001-01-01|0001-000|0001-001|9999-365|9999-366|0000|0001-W01-1|9999-12-31T24:00|9999-W52-6
9999-W52-7|9999-W53|2020-W53-7|2021-W53|2020-366|2021-366|2021-365|2020-02-29|2100-02-29
2000-02-29|1900-060|0004-02-29|0099-12-31T23:59:59|2022-06-15T12:30:59.123456-23:59
2022-06-15 1230+0900|2022-06-15T12:30:60|2022-06-15T24:00:00.0000001|2022-06-15T24:00:00.000
2022-W00|2022-W01-0|2022-00|2022-13|2022-06-31
"""


@pytest.mark.parametrize("text", EDGES.replace("\n", "|").strip("|").split("|"))
def test_both_engines_read_the_edges_of_the_calendar_alike(text: str, engine: JavaScript) -> None:
    moment = instant(text)
    assert engine.tell({"instant": text}) == (None if moment is None else int(moment))


NAMES = st.sampled_from(["404", "7", "01", "2 a", "a", "b/~c", "__proto__", '"', "\\", "é", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | NAMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


def in_order(value: JSON) -> JSON:
    """Return a value with each object as javascript.mjs writes it."""
    if isinstance(value, dict):
        return {"members": [[name, in_order(member)] for name, member in value.items()]}
    return [in_order(item) for item in value] if isinstance(value, list) else value


@given(value=VALUES, indent=st.sampled_from([None, 1]), escaped=st.booleans())
def test_json_is_read_in_the_order_in_which_it_is_written(
    engine: JavaScript, value: JSON, indent: int | None, *, escaped: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=escaped)
    read: Any = engine.tell({"read": text})
    assert read["value"] == engine.tell({"parse": text}) == in_order(value)
    for pointer, start, end in read["places"]:
        place: Any = value
        for part in pointer.split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            place = place[int(name)] if isinstance(place, list) else place[name]
        assert json.loads(text[start:end]) == place


def test_the_last_of_two_members_counts_at_the_place_of_the_first(engine: JavaScript) -> None:
    """As JSON.parse has it."""
    text = '{"b": 1, "404": 2, "b": 3}'
    assert engine.tell({"parse": text}) == {"members": [["b", 3], ["404", 2]]}


@pytest.mark.parametrize(
    ("text", "wrong", "place"),
    [
        ("", "the text ends here: a value is missing", [0, 1]),
        ('{"a": 1,}', 'write the name of a member in quotes, or end the object with "}"', [8, 9]),
        ('{"a" 1}', 'a ":" is missing after the name', [5, 6]),
        ('{"a": 1, "a": 2}', '"a" occurs twice', [9, 12]),
        ("[1 2]", 'a "," or "]" is missing after this item', [3, 4]),
        ("[True]", 'write text in quotes: "True"', [1, 5]),
        ("[01]", 'a "," or "]" is missing after this item', [2, 3]),
        (
            '["a\nb"]',
            "this text has no closing quote, or holds a letter that has to be escaped",
            [1, 3],
        ),
        ("{} {}", "nothing may follow this value", [3, 5]),
        ("[" * 102, "this nests too deep", [101, 102]),
    ],
)
def test_what_is_wrong_in_a_json_text_is_told_with_its_place(
    engine: JavaScript, text: str, wrong: str, place: list[int]
) -> None:
    assert engine.tell({"read": text}) == {"wrong": wrong, "place": place}
