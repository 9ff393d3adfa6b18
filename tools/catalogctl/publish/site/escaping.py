"""Escape texts that strangers wrote, so that they may stand in HTML.

Every value of a template is escaped by jinja2, for wherever it may stand. What is joined in Python
is escaped here, for the inside of elements alone, where quotes stay as they are.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, TypeAlias

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable

SafeHtml: TypeAlias = Markup
"""A text that may stand in a page as it is: whoever makes one has escaped it."""


def escape_texts(texts: Iterable[str]) -> list[str]:
    """Return each text as the content of an element: `&`, `<` and `>` escaped."""
    return [html.escape(text, quote=False) for text in texts]


def content(text: str) -> SafeHtml:
    """Return one text as the content of an element."""
    return SafeHtml(html.escape(text, quote=False))
