"""Escape text for XML; all text in feeds and SVG images passes through here."""

from __future__ import annotations

import re
from html import escape

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
XML = '<?xml version="1.0" encoding="utf-8"?>\n'


def text(value: str) -> str:
    """Return the value escaped for an XML element or quoted attribute.

    Characters not allowed in XML become U+FFFD.
    """
    # Whatever is printable is allowed in XML.
    return escape(value if value.isprintable() else _NOT_XML.sub("\ufffd", value), quote=True)


def element(name: str, value: str, **attributes: str) -> str:
    """Return an element with the value as its text."""
    given = "".join(f' {key}="{text(member)}"' for key, member in attributes.items())
    return f"<{name}{given}>{text(value)}</{name}>" if value else f"<{name}{given}/>"
