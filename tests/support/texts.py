"""Texts as an attacker writes them, for hypothesis; and what must be in no output."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import strategies as st

from catalogctl.codes import all_codes
from catalogctl.problem import Problem

BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SGR = re.compile(r"\x1b\[[0-9;]*m")

PIECES = st.sampled_from(
    [
        *(
            "::",
            ":",
            ",",
            "%",
            "%0A",
            "%3A",
            "\r",
            "\n",
            "\r\n",
            "\t",
            "\x00",
            "\x1b[31m",
            "\x9b2J",
        ),
        *(
            "::error::x",
            "::error file=a::x",
            "\n::warning::x",
            "##[error]x",
            "#\u200b#[x",
            "\ufeff",
        ),
        *(
            "\u2028::error::x",
            "\u2029",
            "\x85",
            "\x0b",
            "\x0c",
            "\u202e",
            "\u2066",
            "\u200f",
            "\x7f",
        ),
        *("\u00ad::error::x", " ::error::x", "\u200b:\u200b:error::x", "\udcff"),
        *("=1+1", "+1", "-1", "@x", "\uff1d1", '"', "'", "\\", "](", "|", "#", "---", "&a", "{}"),
        *("a", "B", "\u00e9", "e\u0301", "\ud55c", "\U0001f600", " ", "name: x", "yes", "1e3"),
    ]
)
HOSTILE = st.lists(PIECES, max_size=6).map("".join) | st.text(max_size=12)
"""Short texts with what terminals, runners and spreadsheets obey, and with lone surrogates."""

HOSTILE_JSON = st.recursive(
    HOSTILE | st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.just(4.0),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3),
    max_leaves=8,
)
PROBLEMS = st.lists(
    st.builds(
        Problem,
        file=HOSTILE.filter(bool),
        line=st.integers(1, 4),
        column=st.integers(1, 30),
        code=st.sampled_from(sorted(all_codes())),
        pointer=st.just("") | HOSTILE.map("/{}".format),
        message=HOSTILE.filter(bool),
        hint=HOSTILE,
    ),
    max_size=4,
)


def controls(text: str) -> set[str]:
    """Return what of a text a terminal obeys: controls but the line feed, and bidi controls."""
    return {
        character
        for character in text
        if (unicodedata.category(character) == "Cc" and character != "\n") or character in BIDI
    }


def commands(text: str) -> list[str]:
    """Return the lines that GitHub's runner would run, whatever it takes for a line's end."""
    lines = [
        line.lstrip().lstrip("\u00ad\u200b\u200c\u200d\u2060\ufeff") for line in lines_of(text)
    ]
    return [line for line in lines if line.startswith("::") or "##[" in line]


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, by every character that some reader takes for a line's end."""
    return text.splitlines()
