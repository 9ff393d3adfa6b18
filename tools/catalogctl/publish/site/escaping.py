"""Escape untrusted text for HTML.

jinja2 escapes every template value for use anywhere. HTML built in Python is escaped here, only for
the content of elements, where quotes are kept.
"""

from __future__ import annotations

import html
from typing import TypeAlias

from markupsafe import Markup

SafeHtml: TypeAlias = Markup
"""Text that can be inserted into a page unchanged; its creator has escaped it."""


def content(text: str) -> SafeHtml:
    """Return a text as the content of an element, with `&`, `<` and `>` escaped."""
    return SafeHtml(html.escape(text, quote=False))
