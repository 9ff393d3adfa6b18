"""Build a style sheet from the catalog's accent colour, keeping every colour pair readable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_HEX = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")
_LINEAR_UP_TO = 0.04045
_TEXT = 4.6
"""WCAG requires 4.5:1 for text; the rest allows for rounding."""

RGB = tuple[float, float, float]
_BLACK: RGB = (0, 0, 0)
_WHITE: RGB = (255, 255, 255)
_LIGHT: RGB = (238, 243, 241)
"""The darkest ground that links stand on in the light theme, `--sunken`."""
_DARK: RGB = (42, 55, 52)
"""The lightest one in the dark theme, `--raised`."""
_DARK_BG: RGB = (14, 20, 19)
_LIGHT_MUTED: RGB = (86, 104, 98)
_DARK_MUTED: RGB = (154, 172, 166)
"""The weakest colours of text on grounds that have the accent in them, `--muted`."""


def accent_styles(colour: str | None) -> str:
    """Return the CSS tokens for a colour, or "" if it is not #rgb or #rrggbb.

    A colour that is not readable as text is darkened for the light theme and lightened for the dark
    theme until it is.
    """
    if colour is None or not _HEX.fullmatch(colour):
        return ""
    digits = colour[1:] if len(colour) > len("#rgb") else "".join(2 * digit for digit in colour[1:])
    base: RGB = (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
    light_weak = _ground(_mix(base, _WHITE, 0.87), _WHITE, _LIGHT_MUTED)
    dark_weak = _ground(_mix(base, _DARK_BG, 0.8), _DARK_BG, _DARK_MUTED)
    light = _readable(_readable(base, _BLACK, _LIGHT), _BLACK, light_weak)
    dark = _readable(_readable(base, _WHITE, _DARK), _WHITE, dark_weak)
    pairs = {
        "accent": (light, dark),
        "accent-strong": (_mix(light, _BLACK, 0.25), _mix(dark, _WHITE, 0.3)),
        "accent-weak": (light_weak, dark_weak),
        "accent-glow": (_mix(light_weak, _WHITE, 0.4), _mix(dark_weak, _DARK_BG, 0.5)),
        "on-accent": (_WHITE, _DARK_BG),
    }
    lines = (
        f"  --{name}: light-dark({_hex(by_day)}, {_hex(by_night)});"
        for name, (by_day, by_night) in pairs.items()
    )
    return "\n".join([":root {", *lines, "}\n"])


def contrast(one: RGB, other: RGB) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, «contrast ratio»)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _readable(colour: RGB, toward: RGB, ground: RGB) -> RGB:
    """Return the colour, changed as little as needed to be readable on the background."""
    return _moved(colour, toward, lambda moved: contrast(moved, ground) >= _TEXT)


def _ground(colour: RGB, toward: RGB, ink: RGB) -> RGB:
    """Return the colour, changed as little as needed for the text to be readable on it."""
    return _moved(colour, toward, lambda moved: contrast(ink, moved) >= _TEXT)


def _moved(colour: RGB, toward: RGB, is_enough: Callable[[RGB], bool]) -> RGB:
    """Return the first colour on the way to another one that is enough, else the other one."""
    steps = (_mix(colour, toward, step / 100) for step in range(101))
    return next(filter(is_enough, steps), toward)


def _mix(one: RGB, other: RGB, share: float) -> RGB:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: RGB) -> float:
    red, green, blue = (
        part / 12.92 if part <= _LINEAR_UP_TO else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _hex(colour: RGB) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in colour)
