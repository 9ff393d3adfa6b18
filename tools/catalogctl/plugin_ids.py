"""Check plugin_ids, which have lower-case letters, digits and hyphens, and begin with a letter."""

from __future__ import annotations

import re

PLUGIN_ID = "[a-z][a-z0-9-]{0,63}"
"""The regular expression of a complete plugin_id; it needs no group around it."""

_PLUGIN_ID = re.compile(PLUGIN_ID)


def is_plugin_id(text: str) -> bool:
    """Return whether a text is a valid plugin_id."""
    return _PLUGIN_ID.fullmatch(text) is not None
