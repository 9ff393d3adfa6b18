"""Every pair of colours that meet on a page can be told apart, also with a colour of one's own."""

from __future__ import annotations

import re

import pytest

from catalogctl import resources
from catalogctl.publish.site.accent import RGB, accent_styles, contrast

PAIR = re.compile(r"--([\w-]+):\s*(?:light-dark\((#\w{6}), (#\w{6})\)|(#\w{6}));")
STATES = ("ok", "warn", "err")
HUES = [*map(str, range(10)), "x"]
GROUNDS = ("bg", "tint", "sunken", "raised", "accent-glow", "accent-weak")
TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-2", "muted", "accent", "accent-strong")
        for ground in GROUNDS
    ),
    *(("on-accent", ground) for ground in ("accent", "accent-strong")),
    *((state, ground) for state in STATES for ground in ("bg", f"{state}-weak")),
    *(("ink", f"{state}-weak") for state in STATES),
    *(("accent", ground) for ground in ("warn-weak", "code")),
    *((f"code-{part}", "err-weak") for part in ("key", "text")),
    ("ink", "mark"),
    *((ink, "code") for ink in ("ink", "muted")),
    *(
        (f"code-{part}", ground)
        for part in ("key", "text", "value", "muted")
        for ground in ("code", "bg")
    ),
    *((f"h{hue}-ink", f"h{hue}{part}") for hue in HUES for part in ("", "-2")),
]
SHAPES = [
    *((line, ground) for line in ("line-strong", "focus") for ground in ("bg", "tint", "sunken")),
    ("focus", "code"),
    ("accent", "sunken"),
    *(("muted", ground) for ground in ("hx", "hx-2")),
]


def tokens(styles: str, theme: int) -> dict[str, RGB]:
    """The colours of a theme: 0 is light, 1 is dark; a later one replaces an earlier one."""
    found: dict[str, RGB] = {}
    # The three colours of a hue have the same names in the rule of each hue.
    styles = re.sub(
        r"\.h(\w) \{[^}]*\}", lambda rule: rule[0].replace("--a", f"--h{rule[1]}"), styles
    )
    for name, light, dark, both in PAIR.findall(styles):
        digits = (both or (light, dark)[theme])[1:]
        found[name] = (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
    return found


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    "accent", [None, "#000", "#ffffff", "#ffee00", "#c40", "#1a73e8", "#7f7f7f", "#00ff00"]
)
def test_8_every_pair_of_colours_can_be_told_apart(theme: int, accent: str | None) -> None:
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
