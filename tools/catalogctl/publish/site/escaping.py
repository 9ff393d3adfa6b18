"""Escape texts that strangers wrote, so that they may stand in HTML.

Every value of a template is escaped by jinja2, for wherever it may stand. What is joined in Python
is escaped here, for the inside of elements alone, where quotes stay as they are.
"""

from __future__ import annotations

import html
from typing import TypeAlias

from markupsafe import Markup

SafeHtml: TypeAlias = Markup
"""A text that may stand in a page as it is: whoever makes one has escaped it."""


def content(text: str) -> SafeHtml:
    """Return a text as the content of an element: `&`, `<` and `>` escaped."""
    return SafeHtml(html.escape(text, quote=False))
