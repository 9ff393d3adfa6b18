"""Tags that look like versions of their own, and patterns that would take them."""

from __future__ import annotations

import pytest

from catalogctl.resolve.left_out import left_out, pattern_for
from catalogctl.resolve.version_order import versions

# (tags of an image, those of them that look like versions and are not)
LEFT_OUT = {
    "a word of its own": ("1.0.0 2.0.0.Final", "2.0.0.Final"),
    "a word for a version that is taken": ("1.0.0 1.0.0.Final 1.0.Final", ""),
    "a word for a version that is taken with zeros at its end": ("2.0 2.0.0.0.GA", ""),
    "a word for a version of which the candidate is taken": ("2.0-rc1 2.0.Final", "2.0.Final"),
    "the candidate's own variant": ("2.0-rc1 2.0-rc1-alpine", ""),
    "a version of zeros": ("1.0 0.0.GA", "0.0.GA"),
    "no version at all": ("1.0 latest alpine 7 sha-1a2b3c4", ""),
    "a build between two versions": ("1.0.0 1.1.0-4-g1a2b3c4", ""),
    "not quite such a build": ("1.0.0 1.1.0-4-gx", "1.1.0-4-gx"),
    "variants of a tag that is left out": ("1.0 2.0.GA-amd64 2.0.GA 2.0.GA-arm64", "2.0.GA"),
    "newer versions behind the same word": (
        "1.0 release-2.0 release-2.0.1 release-2.0.1-arm64",
        "release-2.0 release-2.0.1",
    ),
    "newer builds of a tag that is left out": (
        "1.0 v2.0.Final v2.0.Final.1 2.1-ubi8 2.1-ubi8.1 2.1-ubi8.1-arm64",
        "v2.0.Final v2.0.Final.1 2.1-ubi8 2.1-ubi8.1",
    ),
    "a word behind a newer version than the one that is taken": ("1.0 1.0.1-GA", "1.0.1-GA"),
    "variants alone": ("1.0 2.0-amd64 2.0-arm64", "2.0-amd64 2.0-arm64"),
    "a word directly before the numbers": (
        "1.0 r2.0 release2.1 Ver2.2 rel2.3 version2.4",
        "r2.0 release2.1 Ver2.2 rel2.3 version2.4",
    ),
    "the name of something else before the numbers": ("1.0 alpine3.19 jdk17.0 x-r2", ""),
    "a tag that moves on": ("1.0.0 1.1.x 1.1.X", ""),
    "in the order of the tags": ("9.0-x 8.0-y 8.0-x", "9.0-x 8.0-y 8.0-x"),
}


@pytest.mark.parametrize(("tags", "expected"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_looks_like_a_version_of_its_own_is_left_out(tags: str, expected: str) -> None:
    every = tags.split()
    assert left_out(every, versions(every)) == expected.split()


PATTERNS = {
    "one ending": ("2.0.Final", r"(?P<version>[0-9]+(?:\.[0-9]+)+)\.Final"),
    "two endings": ("2.0.GA 2.0-ga", r"(?P<version>[0-9]+(?:\.[0-9]+)+)(?:-ga|\.GA)"),
    "digits of an ending are any digits": (
        "2.0-ubi8 3.0-ubi9",
        r"(?P<version>[0-9]+(?:\.[0-9]+)+)-ubi[0-9]+",
    ),
    "an ending that some lack": ("2.0-x 3.0", r"(?P<version>[0-9]+(?:\.[0-9]+)+)(?:-x)?"),
    "two endings that some lack": (
        "2.0-x 3.0-y 4.0",
        r"(?P<version>[0-9]+(?:\.[0-9]+)+)(?:-x|-y)?",
    ),
    "a letter in front that some lack": ("v2.0 3.0", r"v?(?P<version>[0-9]+(?:\.[0-9]+)+)"),
    "a word without a sign in front": (
        "r2.0 release2.1 3.0",
        r"(?:r|release)?(?P<version>[0-9]+(?:\.[0-9]+)+)",
    ),
    "a word in front": ("release-2.0", r"release-(?P<version>[0-9]+(?:\.[0-9]+)+)"),
    "a letter beside the numbers": (
        "2.0b1-x 2.0-x",
        r"(?P<version>[0-9]+(?:\.[0-9]+)+(?:[abcABC][0-9]+)?)-x",
    ),
    "six endings": (
        "1.0-a 1.0-d 1.0-e 1.0-f 1.0-g 1.0-h",
        r"(?P<version>[0-9]+(?:\.[0-9]+)+)(?:-a|-d|-e|-f|-g|-h)",
    ),
    "seven endings are any": (
        "1.0-a 1.0-d 1.0-e 1.0-f 1.0-g 1.0-h 1.0-i",
        r"(?P<version>[0-9]+(?:\.[0-9]+)+)[-_.A-Za-z0-9]*",
    ),
    "what looks like none": ("1.0-a latest", None),
    "no tag": ("", None),
}


@pytest.mark.parametrize(("tags", "expected"), PATTERNS.values(), ids=PATTERNS)
def test_the_pattern_takes_all_of_the_tags_and_says_why(tags: str, expected: str | None) -> None:
    every = tags.split()
    assert pattern_for(every) == expected
    if expected is not None:
        assert sorted(each.tag for each in versions(every, expected)) == sorted(every)
