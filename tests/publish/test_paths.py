"""A value's path segment needs no escaping, leaves no folder, and is no other value's."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalogctl.files import is_published_path
from catalogctl.publish.paths import MAX_BYTES, segments

LONG = "L" * 121


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
    assert segments([value]) == {value: segment}


def test_of_two_that_differ_by_case_the_one_that_sorts_later_gets_its_hash() -> None:
    assert segments(["compute", "Compute", "EC2"]) == {
        "Compute": "Compute",
        "compute": "compute~~" + digest("compute"),
        "EC2": "EC2",
    }


@given(st.sets(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)))
@example({"a", "A", "index.html", "INDEX.html", "con", "~41", "é" * 60, "É" * 60})
def test_segments_are_safe_and_distinct_on_any_disk(values: set[str]) -> None:
    """R-12, R-46."""
    found = segments(values)
    assert found.keys() == values
    assert len({segment.lower() for segment in found.values()}) == len(values)
    for segment in found.values():
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", segment)
        assert not segment.startswith(".")
        assert len(segment) <= MAX_BYTES
        assert is_published_path(f"repository/v1/plugin/list/by/labels/{segment}.json")
    assert segments(sorted(values, reverse=True)) == found
