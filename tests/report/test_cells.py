"""How wide a text is on a terminal, and how it is cut to a width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogctl.report.cells import cut, width_of

PLAIN = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Co"]))


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("\ud55c\uad6d", 4),
        ("e\u0301", 1),
        ("\u1112\u1161\u11ab", 2),
        ("\u200b", 0),
        ("\uff21", 2),
    ],
)
def test_a_text_has_a_width(text: str, width: int) -> None:
    assert width_of(text) == width


@given(PLAIN, st.integers(4, 40))
def test_a_text_is_cut_to_a_width_and_says_so(text: str, width: int) -> None:
    short = cut(text, width, unicode=True)
    assert width_of(short) <= width
    if short != text:
        assert short.endswith("…")
        assert text.startswith(short[:-1])
