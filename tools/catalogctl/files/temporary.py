"""Name the file under which bytes are written beside their place.

A write that is killed leaves such a file: whoever lists a folder passes it over. This stands by
itself, so that reading a catalog loads nothing that writes.
"""

from __future__ import annotations

import os
import re

LEFTOVER = re.compile(r"\..+\.[0-9a-f]{16}\.tmp")
"""The names that a killed write leaves beside its file."""


def temporary_name(name: str) -> str:
    """Return a name that nobody else chooses."""
    return f".{name}.{os.urandom(8).hex()}.tmp"
