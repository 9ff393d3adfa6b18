"""Charts as numbers: how wide, how high, what is summed up, what a reader is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from catalogctl.publish.site import charts
from catalogctl.publish.site.charts import Counted
from catalogctl.publish.site.statistics import SHOWN, statistics
from catalogctl.publish.site.texts import Texts
from support import site

if TYPE_CHECKING:
    from catalogctl.jsontypes import JSON

SAY = Texts()


def test_the_largest_value_fills_the_width_and_a_rest_has_no_bar() -> None:
    counts = [Counted("a", "x/", 8), Counted("b", "", 2), Counted("9 others", "", 90, is_rest=True)]
    made = charts.bars(counts, SAY)
    assert [(bar.width, bar.figure) for bar in made] == [("100%", "8"), ("25%", "2"), ("0%", "90")]
    assert [(bar.y, bar.height) for bar in made] == [
        ("8.33%", "16.67%"),
        ("41.67%", "16.67%"),
        ("75%", "16.67%"),
    ]


def test_a_chart_of_nothing_is_empty() -> None:
    assert charts.bars([], SAY) == []
    assert charts.columns([], SAY) == []
    assert charts.bars([Counted("a", "", 0)], SAY)[0].width == "0%"


def test_months_without_a_plugin_are_there_and_old_ones_are_left_out() -> None:
    shown = charts.months([("2025-11", 2), ("2026-02", 1), ("odd", 5)], SAY)
    assert shown == [("Nov 2025", 2), ("Dec 2025", 0), ("Jan 2026", 0), ("Feb 2026", 1)]
    assert len(charts.months([("1999-01", 1), ("2026-01", 1)], SAY)) == charts.MONTHS_SHOWN


def test_a_line_joins_the_tops_of_its_columns() -> None:
    points = charts.columns([("a", 1), ("b", 2)], SAY)
    (piece,) = charts.line(points)
    assert (piece.y1, piece.y2) == (points[0].y, points[1].y)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([("a", 2)], "T: a 2."),
        (
            [("a", 5), ("b", 4), ("c", 3), ("d", 2), ("e", 1)],
            "T: a 5, b 4, c 3, and 2 more values.",
        ),
    ],
)
def test_a_chart_is_told_in_a_sentence(counts: list[tuple[str, float]], said: str) -> None:
    assert charts.sentence("T", counts, SAY) == said


def test_the_most_used_labels_are_shown_and_the_rest_summed_up() -> None:
    labels: JSON = [{"label": f"l{number:02}", "count": 3} for number in range(SHOWN + 4)]
    answer = site.answer("by-label", labels, built_in=True)
    (stat,) = statistics([answer], {("labels", "l00"): "l00"}, SAY)
    assert len(stat.bars) == SHOWN + 1
    assert stat.bars[0].path == "labels/l00/"
    assert (stat.bars[-1].text, stat.bars[-1].figure) == ("4 others", "12")


def test_a_stat_by_two_keys_and_a_list_are_tables() -> None:
    by_two = site.answer("by-two", [{"a": 1, "b": "x", "count": 2}])
    listed = site.answer(
        "some", [{"plugin_id": "plugin-a", "name": "A", "provider": None}], kind="list"
    )
    first, second = statistics([by_two, listed], {}, SAY)
    assert (first.chart, first.heads) == ("", ["a", "b", "count"])
    assert [[cell.text for cell in row] for row in second.rows] == [["A"]]
    assert second.rows[0][0].path == "plugins/plugin-a/"


def test_a_saved_query_says_how_it_wants_to_be_shown() -> None:
    results: JSON = [{"day": "a", "n": 2}, {"day": "b", "n": 5}]
    charted = [
        next(statistics([site.answer("days", results, chart=chart)], {}, SAY)).chart
        for chart in ("", "bar", "line", "table")
    ]
    assert charted == ["bars", "bars", "line", ""]
