"""Text of any origin is made harmless, and stays readable."""

from __future__ import annotations

import pytest
from hypothesis import given

from catalogctl.report.cleaning import ascii_only, clean, clean_quoted, is_clean
from support.texts import HOSTILE, commands, controls


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text: with :: inside", "plain text: with :: inside"),
        ("\ud55c\uad6d \u00e9 \U0001f600", "\ud55c\uad6d \u00e9 \U0001f600"),
        ("\x1b[31m", r"\x1b[31m"),
        ("a\tb\r\nc", r"a\tb\r\nc"),
        ("\x85\x9b", r"\x85\x9b"),
        ("\u202etxt", r"\u202etxt"),
        ("\u2028", r"\u2028"),
        ("\udcff", r"\udcff"),
        ("::error::x", r"\x3a:error::x"),
        ("  ::error::x", r"  \x3a:error::x"),
        ("\ufeff::x", "\ufeff\\x3a:x"),
        ("##[error]", r"##\x5berror]"),
        ("## [x]", "## [x]"),
    ],
)
def test_what_is_unsafe_is_shown_as_an_escape(text: str, shown: str) -> None:
    """R-04, R-06."""
    assert clean(text) == shown


@given(HOSTILE)
def test_cleaned_text_is_clean(text: str) -> None:
    """R-04, R-06: and cleaning it again changes nothing."""
    cleaned = clean(text)
    assert is_clean(cleaned)
    assert controls(cleaned) == set()
    assert "\n" not in cleaned
    assert commands(cleaned) == []
    assert clean(cleaned) == cleaned
    assert controls(clean(text, keep_newline=True)) == set()
    assert controls(clean_quoted(text)) == set()
    assert ascii_only(cleaned).isascii()
