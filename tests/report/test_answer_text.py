"""Answers as JSON, YAML and CSV: nothing lost for programs, nothing obeyed by what opens them."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from support.answers import INFO, LIST, STAT, VERSIONS, shown
from support.texts import HOSTILE, HOSTILE_JSON, commands, controls

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

NEGATIVE = re.compile(r" -[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?")
FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


def cells(text: str) -> list[list[str]]:
    """Return what a spreadsheet reads from CSV."""
    return list(csv.reader(io.StringIO(text, newline="")))


# JSON and YAML


@pytest.mark.parametrize("format_", ["json", "yaml"])
@pytest.mark.parametrize(
    ("call", "answer"),
    [("get", INFO), ("list", LIST), ("stat", STAT), ("get-versions", VERSIONS)],
    ids=["get", "list", "stat", "get-versions"],
)
def test_an_answer_is_one_document_that_reads_back(
    call: str, answer: JSONObject, format_: str
) -> None:
    text = shown(call, answer, format_)
    read = json.loads(text) if format_ == "json" else yaml.safe_load(text)
    assert read == answer
    assert list(read) == list(answer)
    assert text.endswith("\n")


@pytest.mark.parametrize(
    ("call", "answer"),
    [("list", LIST), ("stat", STAT), ("get-versions", VERSIONS)],
    ids=["list", "stat", "get-versions"],
)
def test_each_row_of_an_answer_is_a_line_of_ndjson(call: str, answer: JSONObject) -> None:
    lines = shown(call, answer, "ndjson").splitlines(keepends=True)
    assert all(line.endswith("\n") for line in lines)
    assert [json.loads(line) for line in lines] == answer["results"]


def test_a_plugin_is_one_line_of_ndjson_and_nothing_is_none() -> None:
    (line,) = shown("get", INFO, "ndjson").splitlines()
    assert json.loads(line) == INFO
    assert shown("list", {"results": [], "total_count": 0}, "ndjson") == ""


@given(st.lists(HOSTILE_JSON, max_size=4), st.booleans())
def test_a_line_of_ndjson_is_one_value_whatever_it_is(
    rows: list[JSON],
    unicode: bool,  # noqa: FBT001  (hypothesis hands it over)
) -> None:
    text = shown("list", {"results": rows}, "ndjson", unicode=unicode)
    assert [json.loads(line) for line in text.split("\n")[:-1]] == rows
    assert controls(text.replace("\n", "")) == set()
    assert commands(text) == []


def test_numbers_are_printed_as_they_were_published() -> None:
    assert '"minLength": 4.0' in shown("get", INFO, "json")
    assert "minLength: 4.0" in shown("get", INFO, "yaml")


def test_yaml_means_the_same_to_every_reader() -> None:
    value: JSONObject = {"a": ["y", "on", "1e3", "0o17", "012", "1:30", "~", "", "=", "<<", "a: b"]}
    text = shown("get", value, "yaml")
    assert yaml.safe_load(text) == value
    for word in ("y", "1e3", "0o17"):
        assert f"'{word}'" in text


def test_text_of_several_lines_is_a_block_in_yaml() -> None:
    assert "description: |-\n    Takes alarms of SNS.\n" in shown("get", INFO, "yaml")


@given(HOSTILE_JSON, st.booleans())
@example(answer="...\n", unicode=False).via("a block that ends like a document")
@example(answer="\U000234ff", unicode=False).via("its second half, escaped, looks like a lone one")
def test_json_and_yaml_lose_nothing_and_are_not_obeyed(
    answer: JSON,
    unicode: bool,  # noqa: FBT001  (hypothesis hands it over)
) -> None:
    """R-04, R-06: what is unsafe is escaped, and reads back as it was."""
    text = shown("get", answer, "json", unicode=unicode)
    assert json.loads(text) == answer
    assert (controls(text), commands(text)) == (set(), [])
    block = shown("get", answer, "yaml", unicode=unicode)
    told = json.dumps(answer, ensure_ascii=False).replace("\udcff", "\ufffd")
    assert yaml.safe_load(block) == json.loads(told)
    assert (controls(block), commands(block)) == (set(), [])


# CSV


def test_a_list_as_csv_has_every_field_of_every_plugin() -> None:
    rows = cells(shown("list", LIST, "csv"))
    assert rows[0][:3] == ["plugin_id", "name", "image"]
    assert len(rows) == 3
    assert {len(row) for row in rows} == {len(INFO)}
    record = dict(zip(rows[0], rows[1], strict=True))
    assert record["labels"] == '["Monitoring", "Webhook"]'
    assert json.loads(record["tags"]) == INFO["tags"]


def test_statistics_as_csv() -> None:
    assert shown("stat", STAT, "csv") == "provider,count\naws,12\nazure,3\n"


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ([{"n": 7}, {"icon": None, "n": 1}], "icon,n"),
        ([{"icon": None, "n": 1}, {"n": 7}], "icon,n"),
        ([{"n": 1}, {"b": 1, "n": 1}, {"a": 1, "b": 1, "n": 1}, {"a": 1, "n": 1}], "a,b,n"),
        ([{"n": 1}, {"a": 1, "n": 1, "m": 2}, {"b": 1, "n": 1, "x": 2, "m": 3}], "a,b,n,x,m"),
        ([{"b": 1, "n": 1}, {"a": 1, "n": 1}], "b,a,n"),
        ([{"a": 1, "n": 1}, {"b": 1, "n": 1}], "b,a,n"),
    ],
)
def test_the_order_of_columns_is_the_same_whichever_row_is_first(
    rows: list[JSON], columns: str
) -> None:
    assert shown("stat", {"results": rows}, "csv").partition("\n")[0] == columns


def test_versions_as_csv() -> None:
    assert shown("get-versions", VERSIONS, "csv") == "version\n1.2.2\n1.2.1\n1.0\n"


def test_nothing_is_an_empty_csv() -> None:
    assert shown("stat", {"results": []}, "csv") == ""


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-x", "'-x"),
        ("@cmd", "'@cmd"),
        ("  =1", "'  =1"),
        ("\t=1", "\\t=1"),
        ("\uff1d1", "'\uff1d1"),
        ("'=1", "'=1"),
        (-5, " -5"),
        (-0.5, " -0.5"),
        (12, "12"),
        ("a,b", "a,b"),
        ('say "x"', 'say "x"'),
        (None, ""),
        (True, "true"),
        ("two\nlines", "two\\nlines"),
        ("  blank ", "  blank "),
    ],
)
def test_a_cell_never_begins_as_a_formula_does(value: JSON, cell: str) -> None:
    """R-46."""
    (row,) = cells(shown("stat", {"results": [{"a": value, "b": "x"}]}, "csv"))[1:]
    assert row == [cell, "x"]


@given(st.lists(st.dictionaries(HOSTILE, HOSTILE_JSON, max_size=4), max_size=4), st.booleans())
def test_any_rows_are_a_table_of_harmless_cells(
    rows: list[JSONObject],
    unicode: bool,  # noqa: FBT001  (hypothesis hands it over)
) -> None:
    """R-46, R-04, R-06."""
    text = shown("stat", {"results": list(rows)}, "csv", unicode=unicode)
    assert (controls(text), commands(text)) == (set(), [])
    read = cells(text)
    names = dict.fromkeys(name for row in rows for name in row)
    assert len(read) == (len(rows) + 1 if names else 0)
    assert {len(row) for row in read} <= {len(names)}
    assert not [cell for row in read for cell in row if cell.startswith(FORMULA)]
    for cell in (cell for row in read for cell in row if cell.lstrip().startswith(FORMULA)):
        assert NEGATIVE.fullmatch(cell), cell
