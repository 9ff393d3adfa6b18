"""Write and read JSON Pointers (RFC 6901)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def escape(step: str | int) -> str:
    """Return a name or an index as one step of a pointer."""
    return str(step).replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str:
    """Return the name that one step of a pointer stands for."""
    return step.replace("~1", "/").replace("~0", "~")


def join(steps: Iterable[str | int]) -> str:
    """Return the pointer that leads through these names and indexes."""
    return "".join(f"/{escape(step)}" for step in steps)


def split(pointer: str) -> tuple[str, ...]:
    """Return the names that a pointer leads through."""
    return tuple(unescape(step) for step in pointer.split("/")[1:])


def child(pointer: str, step: str | int) -> str:
    """Return the pointer of a member or element of the value at a pointer."""
    return f"{pointer}/{escape(step)}"
