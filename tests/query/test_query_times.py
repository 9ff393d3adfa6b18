"""Texts of dates as instants, and expressions seen from «now»."""

from __future__ import annotations

import pytest

from catalogctl.errors import UsageError
from catalogctl.query import answer
from catalogctl.query.query_times import (
    MAX_INSTANT,
    MIN_INSTANT,
    Instant,
    instant,
    timediff,
    written,
)

READ = {
    "2023-03-15T10:20:30.400Z": "2023-03-15T10:20:30.400Z",
    "2023-03-15T19:20:30.4+09:00": "2023-03-15T10:20:30.400Z",
    "2023-03-15T04:50:30-0530": "2023-03-15T10:20:30.000Z",
    "2023-W11": "2023-03-13T00:00:00.000Z",
    "2023-W11-7": "2023-03-19T00:00:00.000Z",
    "2023-001": "2023-01-01T00:00:00.000Z",
    "2024-366": "2024-12-31T00:00:00.000Z",
    "2023": "2023-01-01T00:00:00.000Z",
    "2023-03": "2023-03-01T00:00:00.000Z",
    "1969-12-31T23:59:59.999Z": "1969-12-31T23:59:59.999Z",
    "2022-12-31T24:00": "2023-01-01T00:00:00.000Z",
}
NOT_READ = ["2023-366", "2023-000", "2023-W54", "2023-02-29", "2023-01-01T24:00:01", "23"]


@pytest.mark.parametrize(("text", "expected"), READ.items())
def test_a_text_of_iso_8601_is_an_instant(text: str, expected: str) -> None:
    """Query spec 3.2."""
    found = instant(text)
    assert found is not None
    assert written(found) == expected


@pytest.mark.parametrize("text", NOT_READ)
def test_a_day_that_is_not_there_is_no_instant(text: str) -> None:
    assert instant(text) is None


def test_dates_of_plugins_lie_in_the_years_1_to_9998() -> None:
    assert (written(MIN_INSTANT), written(MAX_INSTANT)) == (
        "0001-01-01T00:00:00.000Z",
        "9999-01-01T00:00:00.000Z",
    )


@pytest.mark.parametrize(
    ("now", "wrong"),
    [
        ("9999-12-31", "is out of range: give a time from 0001-01-01T00:00:00.000Z to 9999-01-01T"),
        ("0001-01-01T00:00+01:00", "is out of range"),
        ("soon", "is not a time: write it like 2022-11-01T12:34:56.000Z"),
    ],
)
def test_a_reference_time_is_one_that_a_plugin_can_have(now: str, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong):
        answer("list", {"query": {}}, [], now=now, repository_id="repo")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-11-29T09:10:11.012Z"),
        ("now - 1s", "2026-11-29T09:10:10.012Z"),
        ("now+2m", "2026-11-29T09:12:11.012Z"),
        ("now-010h", "2026-11-28T23:10:11.012Z"),
        ("now/d - 1d", "2026-11-28T00:00:00.000Z"),
        ("now/w", "2026-11-23T00:00:00.000Z"),
        ("now/w+1w", "2026-11-30T00:00:00.000Z"),
        ("now/m", "2026-11-01T00:00:00.000Z"),
    ],
)
def test_an_expression_is_seen_from_now(text: str, expected: str) -> None:
    """Query spec 7."""
    now, difference = instant("2026-11-29T09:10:11.012Z"), timediff(text)
    assert now is not None
    assert difference is not None
    assert written(difference.at(now)) == expected


def test_any_number_of_units_is_one_and_leads_beyond_every_date() -> None:
    for digits in ("9" * 12, "9" * 14, "9" * 10_000):
        past = timediff(f"now - {digits}s")
        assert past is not None
        assert past.at(Instant(0)) < MIN_INSTANT - 1
