"""The type of a pattern that RE2 compiled, for which its package has no public name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Text_contra = TypeVar("Text_contra", str, bytes, contravariant=True)


class RegexpMatch(Protocol):
    """Where a pattern was found."""

    def span(self, group: int = 0) -> tuple[int, int]:
        """Return where a group begins and ends, (-1, -1) for one that took no part."""


class Regexp(Protocol[Text_contra]):
    """A compiled pattern."""

    @property
    def groupindex(self) -> Mapping[str, int]:
        """The numbers of the named groups."""

    def search(self, text: Text_contra) -> RegexpMatch | None:
        """Return where the pattern is found first."""

    def fullmatch(self, text: Text_contra) -> RegexpMatch | None:
        """Return the match of all of a text."""
