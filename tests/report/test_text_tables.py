"""Answers as tables: what fits a terminal, and all of it in a pipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.report.answer_text import LIST_COLUMNS, closing_line, columns_left_out
from catalogctl.report.cells import width_of
from catalogctl.report.view import Look
from support import golden
from support.answers import INFO, LIST, NEWEST, STAT, VERSIONS, shown
from support.texts import HOSTILE_JSON, SGR, commands, controls

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON, JSONObject

GOLDEN = Path(__file__).parent / "golden" / "tables"
WIDTHS = [60, 80, 100, 200]


def terminal(width: int) -> Look:
    return Look(color=False, unicode=True, width=width)


def test_golden_tables_show_what_a_person_looks_for() -> None:
    made = {
        "list.txt": shown("list", LIST, newest=NEWEST),
        "list-at-80-columns.txt": shown("list", LIST, width=80, newest=NEWEST),
        "list-in-colour.txt": shown("list", LIST, width=80, newest=NEWEST, color=True),
        "list-in-ascii.txt": shown("list", LIST, width=80, newest=NEWEST, unicode=False),
        "stat.txt": shown("stat", STAT),
        "get-versions.txt": shown("get-versions", VERSIONS),
        "get.txt": shown("get", INFO),
        "get-at-60-columns.txt": shown("get", INFO, width=60),
        "error.txt": shown("error", {"error": "ERROR_NOT_FOUND", "message": "plugin x"}),
    }
    golden.check(GOLDEN, {name: text.replace("\x1b", "<ESC>") for name, text in made.items()})


def test_a_list_has_id_state_type_provider_version_and_name() -> None:
    header = shown("list", LIST, newest=NEWEST).split("\n")[0].split()
    assert header == ["plugin_id", "state", "service_type", "provider", "latest_version", "name"]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_table_fits_the_terminal(width: int) -> None:
    lines = shown("list", LIST, width=width, newest=NEWEST).splitlines()
    assert max(map(width_of, lines)) <= width
    assert len(lines) == 3


@pytest.mark.parametrize("width", [20, 40, 60])
def test_an_id_is_never_cut(width: int) -> None:
    text = shown("list", LIST, width=width, newest=NEWEST)
    assert "plugin-aws-sns-mon-webhook" in text
    assert "plugin-jira-noti-protocol" in text


@given(st.integers(20, 140))
def test_a_heading_is_never_cut_and_columns_give_way_by_importance(width: int) -> None:
    names = ("plugin_id", "state", "name", "latest_version", "service_type", "provider")
    header = shown("list", LIST, width=width, newest=NEWEST).splitlines()[0].split()
    assert header == [name for name in LIST_COLUMNS if name in names[: len(header)]]
    left_out = columns_left_out("list", LIST, terminal(width), NEWEST)
    assert set(LIST_COLUMNS) - set(header) == set(left_out)


def test_columns_without_room_are_named() -> None:
    left_out = columns_left_out("list", LIST, terminal(80), NEWEST)
    assert left_out == ["service_type", "provider"]
    assert closing_line("list", LIST, left_out) == "2 plugins; no room for service_type, provider"
    wide: JSON = {"results": [{f"column_{number}": "x" for number in range(12)}]}
    lines = shown("stat", wide, width=80).splitlines()
    assert lines[0].split() == [f"column_{number}" for number in range(8)]


def test_a_table_in_a_pipe_cuts_nothing_and_has_no_colour() -> None:
    text = shown("list", LIST, newest=NEWEST)
    assert "for everyone in the whole organisation\n" in text
    assert "\x1b" not in text


def test_the_widest_column_is_cut_and_says_so() -> None:
    text = shown("list", LIST, width=110, newest=NEWEST)
    assert "…" in text
    assert "notification.Protocol" in text
    assert "..." in shown("list", LIST, width=110, newest=NEWEST, unicode=False)


def test_colour_is_never_alone() -> None:
    plain = shown("list", LIST, width=100, newest=NEWEST)
    colored = shown("list", LIST, width=100, newest=NEWEST, color=True)
    bare = [line.rstrip() for line in SGR.sub("", colored).splitlines()]
    assert bare == plain.splitlines()
    assert "DISABLED" in plain


def test_a_list_of_minimal_fields_is_a_table_too() -> None:
    rows: list[JSON] = [{"plugin_id": "plugin-a", "name": "A"}]
    assert shown("list", {"results": rows}) == "plugin_id  name\nplugin-a   A\n"


def test_numbers_stand_to_the_right() -> None:
    assert shown("stat", STAT).splitlines() == [
        "provider  count",
        "aws          12",
        "azure         3",
    ]


@pytest.mark.parametrize(
    ("call", "answer", "line"),
    [
        ("list", LIST, "2 plugins"),
        ("list", {"results": [INFO], "total_count": 7}, "1 of 7 plugins"),
        ("list", {"results": [], "total_count": 0}, "catalogctl list without options shows all"),
        ("stat", STAT, "2 rows"),
        ("stat", {"results": []}, "catalogctl list shows what is there"),
        ("get-versions", VERSIONS, "3 versions"),
        ("get-versions", {"results": [], "total_count": 0}, "catalogctl resolve"),
    ],
)
def test_a_table_ends_with_how_much_there_is_or_what_to_do(
    call: str, answer: JSONObject, line: str
) -> None:
    assert line in closing_line(call, answer)
    assert shown(call, {"results": []}) == ""


def test_a_sheet_speaks_for_itself() -> None:
    assert closing_line("get", INFO) == ""


def test_a_line_that_is_folded_begins_no_command() -> None:
    """R-04: `::` may come to the beginning of a line by its width alone."""
    for color in (False, True):
        text = shown("get", {"::error::x": ["::::"]}, color=color, width=20, unicode=True)
        assert commands(SGR.sub("", text)) == []
        assert "x3a" in text


@given(st.sampled_from(["list", "stat", "get-versions", "get"]), HOSTILE_JSON, st.data())
def test_any_answer_is_shown_and_nothing_in_it_is_obeyed(
    call: str, answer: JSON, data: st.DataObject
) -> None:
    """R-04, R-06."""
    rows: JSON = {"results": [answer, answer]}
    whole = rows if data.draw(st.booleans()) else answer
    text = shown(
        call,
        whole,
        color=data.draw(st.booleans()),
        width=data.draw(st.none() | st.integers(20, 90)),
        unicode=data.draw(st.booleans()),
    )
    plain = SGR.sub("", text)
    assert controls(plain) == set()
    assert commands(plain) == []
