"""Define the type of a pattern compiled by RE2, for which its package has no public name."""

from __future__ import annotations

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
