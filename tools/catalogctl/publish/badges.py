"""Build a plugin's badge as shields.io endpoint JSON and as an SVG image."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from catalogctl.publish.json_bytes import json_file
from catalogctl.publish.markup import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.jsontypes import JSONObject
    from catalogctl.publish.build_context import File

LABEL = "catalog"
LONGEST_DRAWN = 40

_LABEL_COLOUR = "33433c"
_VERSION, _DISABLED, _NONE = "0b665a", "8a4b08", "55605a"

# Character widths of the badge font at 11 px, in tenths of a pixel. The image states the width of
# its text, so any other font is scaled to fit.
_WIDTHS = {
    letter: width
    for width, letters in (
        (30, "il"),
        (38, "jf ,"),
        (40, "."),
        (45, "trI-"),
        (50, "J:()"),
        (57, "csz"),
        (61, "LF"),
        (66, "aeovxykTYP"),
        (69, "bdghnpquE0123456789_"),
        (75, "ABCKRSVXZ"),
        (82, "DHNU"),
        (86, "GOQ"),
        (91, "Mw+"),
        (108, "mW"),
    )
    for letter in letters
}
_WIDEST = 110
_LABEL_WIDTH = sum(_WIDTHS[letter] for letter in LABEL) // 10
_PADDING = 10


def badge_files(plugin_id: str, state: str, latest_version: str | None) -> Iterator[File]:
    """Yield the badge as JSON for shields.io and as an image."""
    for_shields, picture = _badge(state, latest_version)
    yield f"badges/{plugin_id}.json", for_shields
    yield f"badges/{plugin_id}.svg", picture


@lru_cache(maxsize=1000)
def _badge(state: str, latest_version: str | None) -> tuple[bytes, bytes]:
    """Return both badges; cached, as many plugins have the same version."""
    message, colour = _message_and_colour(state, latest_version)
    for_shields: JSONObject = {
        "schemaVersion": 1,
        "label": LABEL,
        "message": message,
        "color": colour,
    }
    return json_file(for_shields), _picture(message, colour).encode()


def _message_and_colour(state: str, latest_version: str | None) -> tuple[str, str]:
    """Return the message and its colour; no message starts like a spreadsheet formula (R-46)."""
    if state == "DISABLED":
        return "disabled", _DISABLED
    if latest_version is None:
        return "no version", _NONE
    guard = "'" if latest_version.startswith(("=", "+", "-", "@")) else ""
    return guard + latest_version, _VERSION


def _picture(message: str, colour: str) -> str:
    """Return the badge as SVG without styles or scripts, so that any policy allows it."""
    drawn = message if len(message) <= LONGEST_DRAWN else message[: LONGEST_DRAWN - 1] + "…"
    wide = sum(_WIDTHS.get(letter, _WIDEST) for letter in drawn) // 10
    left, right = _LABEL_WIDTH + 2 * _PADDING, wide + 2 * _PADDING
    said = text(f"{LABEL}: {message}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img"'
        f' aria-label="{said}"><title>{said}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="4"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#{_LABEL_COLOUR}"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="#{colour}"/></g>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{_PADDING}" y="14" textLength="{_LABEL_WIDTH}">{LABEL}</text>'
        f'<text x="{left + _PADDING}" y="14" textLength="{wide}">{text(drawn)}</text></g></svg>\n'
    )
