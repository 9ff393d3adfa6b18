"""Keep the body of a comment or a pull request within the length that GitHub accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 60_000
"""Most characters of a body; GitHub accepts 65,536."""


def shortened_body(lines: Iterable[str], more: str) -> str:
    """Return the lines as one text; `more` replaces those with which it would be too long."""
    text = ""
    for line in lines:
        if len(text) + len(line) >= LONGEST:
            return f"{text}\n{more}\n"
        text += f"{line}\n"
    return text
