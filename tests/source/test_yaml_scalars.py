"""What a bare value means, when YAML 1.1 and YAML 1.2 are both asked."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.source.yaml_scalars import Ambiguous, Unusable, read_plain

SAME = [
    ("", None),
    ("~", None),
    ("null", None),
    ("true", True),
    ("FALSE", False),
    ("0", 0),
    ("-7", -7),
    ("+1", 1),
    ("007", 7),
    ("0x1F", 31),
    ("1.5", 1.5),
    ("4.0", 4.0),
    (".5", 0.5),
    ("5.", 5.0),
    ("1.5e+3", 1500.0),
    ("9007199254740992", 2**53),
    ("y", "y"),
    ("n", "n"),
    ("tRUE", "tRUE"),
    ("nullable", "nullable"),
    ("1.2.3", "1.2.3"),
    ("-", "-"),
    ("repo-123456789012", "repo-123456789012"),
]

DIFFERENT = [
    *("yes", "No", "on", "OFF"),
    *("1:30", "190:20:30", "1:30.5"),
    *("012", "08", "0o17", "0b101", "-0x1F", "1_000", "1_0.5"),
    *("1e3", "1.5e3", "-.5"),
    *("2022-01-01", "2022-01-01T00:00:00Z", "2022-99-99"),
    *("=", "<<"),
]

UNUSABLE = [".inf", "-.Inf", ".nan", "9007199254740993", "-9007199254740993", "1" * 500]


@pytest.mark.parametrize(("text", "value"), SAME)
def test_a_bare_value_that_both_read_alike_is_taken(text: str, value: object) -> None:
    reading = read_plain(text)
    assert reading == (value,)
    assert isinstance(reading, tuple)
    assert type(reading[0]) is type(value)


@pytest.mark.parametrize("text", DIFFERENT)
def test_a_bare_value_that_they_read_differently_is_refused(text: str) -> None:
    assert isinstance(read_plain(text), Ambiguous)


@pytest.mark.parametrize("text", UNUSABLE)
def test_a_number_that_json_can_not_carry_is_refused(text: str) -> None:
    assert isinstance(read_plain(text), Unusable)


@given(st.text(st.sampled_from("0123456789+-.eExob_:~nulyestrfaiNTF<="), max_size=8))
def test_what_is_taken_is_what_pyyaml_reads(text: str) -> None:
    """R-11: the safe loader of PyYAML agrees on every bare value that is taken."""
    reading = read_plain(text)
    if not isinstance(reading, tuple) or text != text.strip("-:") or ": " in text:
        return
    try:
        theirs: Any = yaml.safe_load(f"[{text}]")[0] if text else None
    except (yaml.YAMLError, ValueError, IndexError):
        return
    assert theirs == reading[0] or (math.isnan(theirs) and False)
