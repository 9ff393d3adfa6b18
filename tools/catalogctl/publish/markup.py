"""Escape any text for XML: the one way into a feed or a picture."""

from __future__ import annotations

import re
from html import escape

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
XML = '<?xml version="1.0" encoding="utf-8"?>\n'


def text(value: str) -> str:
    """Return the value escaped for XML, in an element or in a quoted attribute.

    Characters that XML can't hold at all become U+FFFD.
    """
    return escape(_NOT_XML.sub("\ufffd", value), quote=True)


def element(name: str, value: str, **attributes: str) -> str:
    """Return an element that holds the value as text."""
    given = "".join(f' {key}="{text(member)}"' for key, member in attributes.items())
    return f"<{name}{given}>{text(value)}</{name}>" if value else f"<{name}{given}/>"
