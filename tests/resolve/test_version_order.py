"""Which tags are versions, and which of two is newer."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.resolve.version_order import is_version, latest, variants, versions

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("orders.yaml").read_text(encoding="utf-8")
)

OF_PATTERNS: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("pattern_orders.yaml").read_text(encoding="utf-8")
)


def order(*tags: str, pattern: str | None = None) -> list[str]:
    """Return the versions among the tags, newest first."""
    return [version.tag for version in versions(tags, pattern)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_versions_come_newest_first_and_nothing_else_is_one(case: dict[str, Any]) -> None:
    expected, others = case["order"].split(), case.get("others", "").split()
    tags = [*expected, *others]
    for seed in range(5):
        random.Random(seed).shuffle(tags)
        assert order(*tags) == expected
    assert [tag for tag in others if is_version(tag)] == []


def test_there_are_cases() -> None:
    assert len(CASES) == 17
    assert sum(len(f"{case['order']} {case.get('others', '')}".split()) for case in CASES) == 176


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param(["1.2.2", "1.3.0-rc1"], "1.2.2", id="the newest release"),
        pytest.param(["1.3.0-rc1", "1.3.0-beta"], "1.3.0-rc1", id="no release: the newest of all"),
        pytest.param(["1.3.0-SNAPSHOT", "1.2.0-1"], "1.2.0-1", id="a build is a release"),
        pytest.param(["latest"], None, id="the tag latest is none"),
    ],
)
def test_the_latest_version_is_the_first_stable_one(tags: list[str], expected: str | None) -> None:
    assert latest(versions(tags)) == expected


PATTERNS = [
    pytest.param(
        r"v(?P<version>[0-9.]+)-ubi8",
        ["v1.9-ubi8", "v1.10-ubi8", "1.11", "v2-ubi8"],
        ["v1.10-ubi8", "v1.9-ubi8", "v2-ubi8"],
        id="the group gives the order, and a text outside the grammar comes last",
    ),
    pytest.param(r"r\d+", ["r9", "r10", "x11", "r10x"], ["r10", "r9"], id="the whole tag matches"),
    pytest.param(
        r"\d{8}.*", ["20220429", "20231102", "20220429b", "1.0"],
        ["20231102", "20220429b", "20220429"], id="digit runs are numbers",
    ),
    pytest.param(
        r"(?P<version>1\.[0-9])?.*", ["x", "1.2"], ["1.2", "x"], id="a group that took no part"
    ),
    pytest.param(
        r"(?P<version>z)?.*", ["1.2", "2.1"], ["2.1", "1.2"], id="then the whole tag counts"
    ),
    pytest.param(
        r"r([0-9])[.][0-9]", ["r1.2", "r2.1"], ["r2.1", "r1.2"], id="a group without that name"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "tags", "expected"), PATTERNS)
def test_a_pattern_replaces_the_usual_rule(
    pattern: str, tags: list[str], expected: list[str]
) -> None:
    assert order(*tags, pattern=pattern) == expected


@pytest.mark.parametrize("case", OF_PATTERNS, ids=lambda case: case["what"])
def test_what_a_pattern_takes_comes_newest_first(case: dict[str, Any]) -> None:
    tags, pattern = case["order"].split(), case["pattern"]
    expected = list(tags)
    for seed in range(5):
        random.Random(seed).shuffle(tags)
        assert order(*tags, pattern=pattern) == expected
    found = versions(tags, pattern)
    assert [each.tag for each in found if each.prerelease] == case.get("early", "").split()
    assert latest(found) == case["latest"]


def test_tags_that_look_like_variants_are_counted() -> None:
    assert variants(["3.9-alpine", "3.8-alpine", "3.9.1-ubi8", "latest", "1.0"]) == {
        "-alpine": 2,
        "-ubi8": 1,
    }


NUMBER = st.integers(0, 20) | st.integers(0, 10**20)
PARTS = st.tuples(
    st.sampled_from(["", "v", "V"]),
    st.lists(NUMBER, min_size=2, max_size=4).map(lambda each: ".".join(map(str, each))),
    st.sampled_from(["", "-alpha", "b", ".rc", "-RC", "_pre"]),
    st.sampled_from(["", "", "1", ".2", "-3.4"]),
    st.sampled_from(["", "-1", "_10", "-r2", ".post", "-20220429.104002"]),
    st.sampled_from(["", "-dev", ".dev3", "-SNAPSHOT", "_nightly.20220501"]),
)
TAGS = PARTS.map(lambda parts: "".join([*parts[:3], parts[3] if parts[2] else "", *parts[4:]]))


@given(TAGS)
def test_what_the_grammar_makes_is_a_version(tag: str) -> None:
    assert is_version(tag)


@given(st.lists(TAGS, unique=True, max_size=12), st.randoms(use_true_random=False))
def test_the_order_is_total_and_keeps_every_text(tags: list[str], chance: random.Random) -> None:
    found = order(*tags)
    assert sorted(found) == sorted(tags)
    shuffled = list(tags)
    chance.shuffle(shuffled)
    assert order(*shuffled) == found
    for first, second in pairwise(found):
        assert order(first, second) == order(second, first) == [first, second]


@given(TAGS, st.text("0123456789.-_abvrcdev", max_size=8))
def test_a_pre_release_comes_before_its_release_and_a_build_after(tag: str, text: str) -> None:
    release = re.match(r"[vV]?[0-9]+(?:\.[0-9]+)+", tag)
    assert release is not None
    build = f"{release[0]}-1"
    assert order(f"{release[0]}-rc1", release[0], build) == [build, release[0], f"{release[0]}-rc1"]
    assert is_version(text) <= ("." in text)


EARLY = st.sampled_from(
    ["alpha", "beta", "rc", "pre", "preview", "dev", "snapshot", "nightly", "RC", "Snapshot"]
)
AROUND = st.lists(
    st.sampled_from(["-ubi", "_up", ".", "-", "x", "jre", "0", "9", "10", "-rc", "dev.2", "_"]),
    max_size=4,
).map("".join)
ANY_TAGS = st.tuples(AROUND, TAGS, AROUND).map("".join).map(lambda tag: tag[:128])
TAKING = st.sampled_from(
    [r".*", r"[^0-9]*(?P<version>[0-9.]+).*", r".*?(?P<version>[0-9]*)", r"(?P<version>.*)[-_.x].*"]
)


@given(st.lists(ANY_TAGS, unique=True, max_size=10), TAKING, st.randoms(use_true_random=False))
def test_the_order_of_a_pattern_is_total(
    tags: list[str], pattern: str, chance: random.Random
) -> None:
    found = order(*tags, pattern=pattern)
    shuffled = list(tags)
    chance.shuffle(shuffled)
    assert order(*shuffled, pattern=pattern) == found
    for first, second in pairwise(found):
        assert order(second, first, pattern=pattern) == [first, second]


@given(TAGS, AROUND, EARLY, st.sampled_from(["-", ".", "_"]), st.sampled_from(["", "1", ".2"]))
def test_a_word_for_a_pre_release_puts_a_tag_below_the_same_without_it(
    tag: str, around: str, word: str, separator: str, number: str
) -> None:
    pattern = r"(?P<version>[vV]?[0-9.]*[0-9]).*"
    release, early = f"{tag}-x{around}", f"{tag}-x{around}{separator}{word}{number}"
    newer, older = versions([early, release], pattern)
    assert (newer.tag, older.tag, older.prerelease) == (release, early, True)
