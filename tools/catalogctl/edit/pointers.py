"""An RFC 6901 pointer in, its steps out, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.source.positions import escape, unescape

if TYPE_CHECKING:
    from collections.abc import Iterable


def from_pointer(pointer: str) -> tuple[str, ...]:
    """Return the names that a pointer leads through."""
    return tuple(unescape(part) for part in pointer.split("/")[1:])


def to_pointer(path: Iterable[str | int]) -> str:
    """Return the pointer that leads through these names."""
    return "".join(f"/{escape(part)}" for part in path)
