"""Every pair of colours that meet on a page can be told apart, also with a colour of one's own."""

from __future__ import annotations

import re

import pytest

from catalogctl import resources
from catalogctl.publish.site.accent import RGB, accent_styles, contrast

PAIR = re.compile(r"--([\w-]+):\s*(?:light-dark\((#\w{6}), (#\w{6})\)|(#\w{6}));")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "muted") for ground in ("bg", "surface", "sunken")),
    *(("accent", ground) for ground in ("bg", "surface", "sunken", "accent-weak")),
    *(("accent-strong", ground) for ground in ("accent-weak", "surface")),
    *(("on-accent", ground) for ground in ("accent", "accent-strong")),
    *((state, f"{state}-weak") for state in ("ok", "warn", "err")),
    *(("ink-2", ground) for ground in ("warn-weak", "sunken")),
    ("accent", "warn-weak"),
    ("ink", "mark"),
    *((f"code-{ink}", "code-bg") for ink in ("ink", "muted", "key", "text", "value")),
    *(("on-cat", f"cat-{number}") for number in range(1, 9)),
]
SHAPES = [
    *((line, ground) for line in ("line-strong", "focus") for ground in ("bg", "surface")),
    ("focus", "code-bg"),
    ("accent", "sunken"),
    *((f"cat-{number}", ground) for number in range(1, 9) for ground in ("surface", "bg")),
]


def tokens(styles: str, theme: int) -> dict[str, RGB]:
    """The colours of a theme: 0 is light, 1 is dark; a later one replaces an earlier one."""
    found: dict[str, RGB] = {}
    for name, light, dark, both in PAIR.findall(styles):
        digits = (both or (light, dark)[theme])[1:]
        found[name] = (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
    return found


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    "accent", [None, "#000", "#ffffff", "#ffee00", "#c40", "#1a73e8", "#7f7f7f", "#00ff00"]
)
def test_every_pair_of_colours_can_be_told_apart(theme: int, accent: str | None) -> None:
    colours = tokens(resources.read_text("site/css/tokens.css") + accent_styles(accent), theme)
    poor = [
        (one, other, round(contrast(colours[one], colours[other]), 2))
        for pairs, least in ((TEXT, 4.5), (SHAPES, 3))
        for one, other in pairs
        if contrast(colours[one], colours[other]) < least
    ]
    assert poor == []


@pytest.mark.parametrize("colour", ["red", "#12", "#12345", "#gggggg", "", "#fff;}", "#fff\n"])
def test_what_is_no_hex_colour_replaces_nothing(colour: str) -> None:
    assert accent_styles(colour) == ""
