"""Write and read JSON Pointers (RFC 6901), and walk over the values that they refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from catalogctl.jsontypes import JSON


def escape(step: str | int) -> str:
    """Return a name or an index as an escaped step of a pointer."""
    return str(step).replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str:
    """Return the name that an escaped step of a pointer represents."""
    return step.replace("~1", "/").replace("~0", "~")


def join(steps: Iterable[str | int]) -> str:
    """Return the pointer with these names and indexes as its steps."""
    return "".join(f"/{escape(step)}" for step in steps)


def split(pointer: str) -> tuple[str, ...]:
    """Return the names that are the steps of a pointer."""
    return tuple(unescape(step) for step in pointer.split("/")[1:])


def child(pointer: str, step: str | int) -> str:
    """Return the pointer of a member or element of the value at a pointer."""
    return f"{pointer}/{escape(step)}"


def members(pointer: str, value: JSON) -> Iterator[tuple[str, str, JSON]]:
    """Yield the pointer, the key or index, and the value of every member and element below one."""
    waiting: list[tuple[str, JSON]] = [(pointer, value)]
    while waiting:
        above, owner = waiting.pop()
        items: list[tuple[str, JSON]] = []
        if isinstance(owner, dict):
            items = list(owner.items())
        elif isinstance(owner, list):
            items = [(str(index), element) for index, element in enumerate(owner)]
        for key, child in items:
            below = f"{above}/{escape(key)}"
            yield below, key, child
            if isinstance(child, dict | list):
                waiting.append((below, child))
