"""A saved query that can't be answered is a problem of its file, at the member that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.pipeline.check import check
from support.catalogs import carets, write_catalog

if TYPE_CHECKING:
    from pathlib import Path

LIST = "kind: list\ntitle: A list\nquery:\n"
STAT = "kind: stat\ntitle: A stat\nquery:\n"
WRONG = {
    "an operator": LIST
    + """\
  filter:
    - {key: name, value: x, operator: eq}
    - {key: name, value: x, operator: contains}
#                                     ^ query
""",
    "a field, with short names": LIST
    + """\
  filter_or:
    - k: nmae
#        ^ query
      v: x
      o: eq
""",
    "an element of a value": LIST
    + """\
  filter:
    - key: name
      operator: regex_in
      value:
        - fine
        - (not
#         ^ query
""",
    "a member that is missing": LIST
    + """\
  filter:
    - {key: name, operator: eq}
#     ^ query
""",
    "a sort key": LIST
    + """\
  sort: {key: -name}
#             ^ query
""",
    "a path of only": LIST
    + """\
  only: [name, colour]
#              ^ query
""",
    "a condition far too often": LIST + f"  filter: [{'{k: name, v: x, o: eq}, ' * 10_001}]\n",
    "nothing to count": STAT
    + """\
  keyword: x
# ^ query
""",
    "a stage": STAT
    + """\
  aggregate:
    - unwind: {path: labels}
    - limit: 0
#            ^ query
""",
    "a field of a group": STAT
    + """\
  aggregate:
    - group:
        fields:
          - name: a.b
#                 ^ query
            operator: count
""",
    "a date format": STAT
    + """\
  aggregate:
    - group:
        keys:
          - {key: created_at, name: day, date_format: "%x"}
#                                                     ^ query
""",
}


def test_what_is_wrong_in_shape_hides_nothing_else_of_the_query(tmp_path: Path) -> None:
    queries = {
        "one": LIST
        + "  sort: {key: nam}\n  page: {start: -1}\nparams: {state: enabled, query: x}\n",
        "two": STAT + "  aggregate: [{limit: 0}]\n  kyword: x\nparams: {provider: aws, stat: x}\n",
        "not": STAT + "  agregate: [{limit: 0}]\n",
    }
    files = {f"queries/{name}.yaml": text for name, text in queries.items()}
    found = check(write_catalog(tmp_path, files), working=tmp_path).problems
    assert sorted((each.file[8:11], each.pointer) for each in found) == [
        ("not", "/query/agregate"),
        ("one", "/params/query"),
        ("one", "/params/state"),
        ("one", "/query/page/start"),
        ("one", "/query/sort/key"),
        ("two", "/params"),
        ("two", "/params/stat"),
        ("two", "/query/aggregate/0/limit"),
        ("two", "/query/kyword"),
    ]


@pytest.mark.parametrize("name", WRONG)
def test_the_place_in_the_query_is_the_place_in_the_file(name: str, tmp_path: Path) -> None:
    text = WRONG[name]
    catalog = write_catalog(tmp_path, {"queries/saved.yaml": text})
    found = check(catalog, working=catalog).problems
    expected = carets(text) or [(4, 3, "query")]
    assert [(each.line, each.column, each.code) for each in found] == expected
    assert {each.file for each in found} == {"queries/saved.yaml"}
    assert all(each.message.startswith("ERROR_") for each in found)


def test_the_problem_says_what_was_probably_meant(tmp_path: Path) -> None:
    catalog = write_catalog(tmp_path, {"queries/saved.yaml": WRONG["an operator"]})
    (problem,) = check(catalog, working=catalog).problems
    assert problem.message == 'ERROR_DB_QUERY: there is no operator "contains"'
    assert problem.hint == 'did you mean "contain"?'
    assert problem.pointer == "/query/filter/1/operator"


def test_one_query_that_would_take_for_ever_costs_one_clear_error(tmp_path: Path) -> None:
    """R-15: a group of every element with every other, on a catalog of two plugins."""
    doubling = """\
    - project: {fields: [{k: a, n: a}, {k: a, n: b}]}
    - group: {fields: [{n: a, o: push, fields: [{k: a, n: a}, {k: b, n: b}]}]}
"""
    start = "  aggregate:\n    - group: {fields: [{n: a, k: name, o: add_to_set}]}\n"
    text = STAT + start + doubling * 40
    catalog = write_catalog(
        tmp_path / "catalog",
        {
            "plugins/plugin-a.yaml": "name: A\nservice_type: a.B\nimage: acme/plugin-a\n",
            "queries/doubling.yaml": text,
        },
    )
    from catalogctl.pipeline.build import BuildOptions, build

    asked = BuildOptions(catalog, tmp_path / "public", {}, "test", jobs=1, working=catalog)
    (problem,) = build(asked).problems
    assert (problem.file, problem.code) == ("queries/doubling.yaml", "query")
    assert "takes more than" in problem.message
