"""Write any text as inline code in Markdown, so that nothing in it means anything there."""

from __future__ import annotations

import re

from catalogctl.report.cleaning import clean

_LONGEST = 200
_TICKS = re.compile("`+")


def code(text: str) -> str:
    """Return any text as inline code on one line, with a fence longer than any in the text."""
    line = clean(text) or " "
    if len(line) > _LONGEST:
        line = line[:_LONGEST] + "…"
    fence = "`" * (max(map(len, _TICKS.findall(line)), default=0) + 1)
    pad = " " if "`" in line or line.strip() != line else ""
    return f"{fence}{pad}{line}{pad}{fence}"
