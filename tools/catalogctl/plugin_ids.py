"""Check plugin_ids: lower-case letters, digits and hyphens, a letter first."""

from __future__ import annotations

import re

PLUGIN_ID = "[a-z][a-z0-9-]{0,63}"
"""The regular expression of a plugin_id, to be matched as a whole; it needs no group."""

_PLUGIN_ID = re.compile(PLUGIN_ID)


def is_plugin_id(text: str) -> bool:
    """Return whether a text may be the id of a plugin."""
    return _PLUGIN_ID.fullmatch(text) is not None
