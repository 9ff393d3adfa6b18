"""Draw a plugin's avatar: its provider chooses the hue, its service type the glyph.

A page contains the glyphs that it uses once, as symbols.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from markupsafe import escape

from catalogctl import resources
from catalogctl.publish.site.escaping import SafeHtml

if TYPE_CHECKING:
    from collections.abc import Iterable

HUES = 10
NO_HUE = "x"
"""Grey, for a plugin without a provider."""
ANY_KIND = "box"

_GLYPHS = {
    "monitoring.webhook": "bolt",
    "monitoring": "pulse",
    "cost_analysis": "coins",
    "billing": "coins",
    "inventory": "layers",
    "notification": "plane",
    "identity.provider": "tree",
    "identity": "key",
}
"""The glyph of a service type, else of the service, the part before the dot, in lower case."""
_SYMBOL = re.compile(r'<symbol id="g-(\w+)".*?</symbol>')
SIZES = {"s": 28, "": 44, "l": 80}
"""The widths of avatars in pixels by their class."""


@lru_cache(maxsize=1000)
def hue(provider: str | None) -> str:
    """Return the hue of a provider, a digit, the same in every catalog and build."""
    return str(hashlib.sha256(provider.encode()).digest()[0] % HUES) if provider else NO_HUE


@lru_cache(maxsize=1000)
def glyph(service_type: str) -> str:
    """Return the name of a service type's glyph."""
    kind = service_type.lower()
    return _GLYPHS.get(kind) or _GLYPHS.get(kind.partition(".")[0], ANY_KIND)


def avatar(
    provider: str | None,
    service_type: str,
    *,
    enabled: bool = True,
    picture: str | None = None,
    size: str = "",
) -> SafeHtml:
    """Return an avatar; a picture, given by its address, covers the glyph unless it fails."""
    look = f"{size} h{hue(provider)}" if enabled else f"{size} h{NO_HUE} off"
    return _avatar(look.strip(), glyph(service_type), picture, SIZES[size])


@lru_cache(maxsize=1000)
def _avatar(look: str, shape: str, picture: str | None, width: int) -> SafeHtml:
    image = (
        f'<img src="{escape(picture)}" alt="" width="{width}" height="{width}" loading="lazy"'
        ' decoding="async" referrerpolicy="no-referrer">'
        if picture
        else ""
    )
    drawn = f'<svg viewBox="0 0 24 24"><use href="#g-{shape}"/></svg>'
    return SafeHtml(f'<span class="av {look}" aria-hidden="true">{drawn}{image}</span>')


def symbols(service_types: Iterable[str]) -> SafeHtml:
    """Return the symbols of the glyphs of these service types, for a page that draws them."""
    used = sorted({glyph(each) for each in service_types})
    if not used:
        return SafeHtml("")
    drawn = "".join(_symbols()[name] for name in used)
    return SafeHtml(f'<svg width="0" height="0" hidden>{drawn}</svg>\n')


@cache
def _symbols() -> dict[str, str]:
    source = resources.read_text("site/icons/glyphs.svg")
    return {found[1]: found[0] for found in _SYMBOL.finditer(source)}
