"""Tell web addresses from local paths."""

from __future__ import annotations

import re

_LIKE_AN_ADDRESS = re.compile(r"\s*(?:https?:|[a-z][a-z0-9+.-]*://)", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Return whether a text is meant as a web address and not as a local path."""
    return _LIKE_AN_ADDRESS.match(text) is not None
