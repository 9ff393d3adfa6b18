"""Compile patterns with RE2, for whose compiled patterns its package has no public type."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Text_contra = TypeVar("Text_contra", str, bytes, contravariant=True)


class RegexpMatch(Protocol):
    """A match of a pattern."""

    def span(self, group: int = 0) -> tuple[int, int]:
        """Return where a group begins and ends, or (-1, -1) if it did not participate."""


class Regexp(Protocol[Text_contra]):
    """A compiled pattern."""

    @property
    def groupindex(self) -> Mapping[str, int]:
        """The numbers of the named groups."""

    def search(self, text: Text_contra) -> RegexpMatch | None:
        """Return the first match of the pattern in a text, or None."""

    def fullmatch(self, text: Text_contra) -> RegexpMatch | None:
        """Return the match of a complete text, or None."""


@lru_cache(maxsize=64)
def compiled(pattern: str) -> Regexp[str]:
    """Return a compiled pattern. Raise re2.error if it is not one."""
    import re2

    options = re2.Options()
    options.log_errors = False
    regexp: Regexp[str] = re2.compile(pattern, options)
    return regexp
