"""Escape untrusted text for HTML.

jinja2 escapes every template value for use anywhere. HTML built in Python is escaped here, for the
content of elements, where quotes are kept, or for the values of attributes.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, TypeAlias

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable

SafeHtml: TypeAlias = Markup
"""Text that can be inserted into a page unchanged; its creator has escaped it."""


def content(text: str) -> str:
    """Return HTML of a text as the content of an element, with `&`, `<` and `>` escaped."""
    return html.escape(text, quote=False)


def contents(texts: Iterable[str]) -> list[str]:
    """Return HTML of many texts, such as the cells of a column; few of them need escaping."""
    every = list(texts)
    return [content(text) for text in every] if _SPECIAL.search("".join(every)) else every


def attributes(texts: Iterable[str]) -> list[str]:
    """Return HTML of many texts as the values of quoted attributes; few of them need escaping."""
    every = list(texts)
    return [html.escape(text) for text in every] if _QUOTED.search("".join(every)) else every


_SPECIAL = re.compile("[&<>]")
_QUOTED = re.compile("[&<>\"']")
