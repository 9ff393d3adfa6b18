"""A value's path segment needs no escaping, leaves no folder, and is no other value's."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalogctl.files import is_published_path
from catalogctl.publish.path_segments import MAX_BYTES, segments

LONG = "L" * 121
DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}


def digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("monitoring.Webhook", "monitoring.Webhook"),
        ("a b", "a~20b"),
        ("x/y", "x~2Fy"),
        ("..", "~2E."),
        (".hidden", "~2Ehidden"),
        ("~", "~7E"),
        ("100%", "100~25"),
        ("=SUM(1)", "~3DSUM~281~29"),
        ("Ü", "~C3~9C"),
        ("웹훅", "~EC~9B~B9~ED~9B~85"),
        ("L" * 120, "L" * 120),
        (LONG, "L" * 100 + "~~" + digest(LONG)),
        ("é" * 60, "~C3~A9" * 16 + "~C3~~" + digest("é" * 60)),
    ],
)
def test_a_value_is_written_as_the_contract_says(value: str, segment: str) -> None:
    assert segments({value: 1}) == {value: segment}


@pytest.mark.parametrize(
    ("counts", "plain"),
    [
        ({"aws": 2, "AWS": 1}, "aws"),
        ({"aws": 1, "AWS": 2}, "AWS"),
        ({"aws": 1, "AWS": 1, "Aws": 1}, "aws"),
        ({"AWS": 1, "Aws": 1}, "AWS"),
        ({"monitoring.Webhook": 7, "monitoring.webhook": 1}, "monitoring.Webhook"),
    ],
)
def test_of_values_that_differ_by_case_the_one_of_most_plugins_keeps_its_name(
    counts: dict[str, int], plain: str
) -> None:
    """R-46: who comes later takes over no other value's path."""
    assert segments(counts) == {
        value: value if value == plain else f"{value}~~{digest(value)}" for value in counts
    }


@pytest.mark.parametrize("value", ["CON", "nul", "Aux", "com1", "LPT9", "COM0"])
def test_a_windows_device_is_no_segment(value: str) -> None:
    assert segments({value: 3}) == {value: f"{value}~~{digest(value)}"}


@pytest.mark.parametrize("value", ["aux.h", "CON.", "nul.tar.gz"])
def test_a_device_with_an_ending_is_a_device(value: str) -> None:
    """What stands before the first dot counts, so the ending goes."""
    assert segments({value: 1}) == {value: f"{value.partition('.')[0]}~~{digest(value)}"}


@pytest.mark.parametrize("value", ["console", "COM10", "aux-1", "com", "LPT"])
def test_what_only_begins_like_a_device_is_plain(value: str) -> None:
    assert segments({value: 1}) == {value: value}


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80),
        st.integers(0, 3),
    )
)
@example(dict.fromkeys(["a", "A", "index.html", "INDEX.html", "con", "~41", "\u00e9" * 60], 1))
@example({"con": 1, "CON": 2, "con.x": 3, "CON.X": 3, "Con~~": 1})
def test_segments_are_safe_and_distinct_on_any_disk(counts: dict[str, int]) -> None:
    """R-12, R-46: safe in a URL and in a folder, whatever the value and its case."""
    found = segments(counts)
    assert found.keys() == counts.keys()
    assert len({segment.lower() for segment in found.values()}) == len(counts)
    for segment in found.values():
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", segment)
        assert not segment.startswith(".")
        assert len(segment) <= MAX_BYTES
        assert segment.partition(".")[0].lower() not in DEVICES
        assert is_published_path(f"repository/v1/plugin/list/by/labels/{segment}.json")
    assert segments(dict(reversed(counts.items()))) == found
