"""Texts that strangers wrote in, texts that may stand in HTML out.

Every value of a template goes through `escaped`, for wherever it may stand. What is joined in
Python goes through `contents`, for the inside of elements alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORT = 100


def escaped(value: Any) -> Markup:
    """Return what `markupsafe.escape` does; a short text's answer is remembered.

    Ids, types and labels stand many times in one page, and in page after page.
    """
    if type(value) is str and len(value) <= _SHORT:
        return _remembered(value)
    return escape(value)


@lru_cache(maxsize=10_000)
def _remembered(text: str) -> Markup:
    return escape(text)


def contents(texts: Iterable[str]) -> list[str]:
    """Return each text as the content of an element: `&`, `<` and `>` escaped, quotes as they are.

    They are escaped together, which is many times faster. No text of a plugin file or a lock holds
    a control character; one from elsewhere loses it.
    """
    given = list(texts)
    if not given:
        return []
    joined = "\0".join(given)
    if joined.count("\0") >= len(given):
        joined = "\0".join(text.replace("\0", "") for text in given)
    return joined.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split("\0")


def content(text: str) -> Markup:
    """Return one text as the content of an element."""
    return Markup("".join(contents([text])))  # noqa: S704  (escaped in the line itself)
