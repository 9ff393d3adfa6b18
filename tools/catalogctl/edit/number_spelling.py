"""Spell the numbers of a file as another file does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogctl.edit.layout import NodeKind, read_layout
from catalogctl.edit.splices import Splice, spliced
from catalogctl.source.yaml_scalars import is_rewritten, read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.edit.layout import LayoutNode


def with_numbers_as_in(data: bytes, other: bytes) -> bytes:
    """Return a file in which the numbers that another file has at the same places look as there.

    1.1 becomes 1.10, and 31 becomes 0x1F; no value changes.
    """
    layout = read_layout(data)
    splices = list(_respelt(layout.root, read_layout(other).root))
    return layout.encode(spliced(layout.text, splices)) if splices else data


def _respelt(node: LayoutNode, other: LayoutNode) -> Iterator[Splice]:
    other = other.target or other
    for name, entry in other.named.items():
        here = node.entry(name)
        if here is not None:
            yield from _respelt(here.value, entry.value)
    are_plain = node.kind is other.kind is NodeKind.SCALAR and not (node.style or other.style)
    if are_plain and node.text != other.text and _is_number(node.text, other.text):
        yield Splice(node.end - len(node.text), node.end, other.text)


def _is_number(text: str, other: str) -> bool:
    """Return whether two plain texts are the same number, the other one in an unusual form."""
    read = read_plain(other)
    return isinstance(read, tuple) and is_rewritten(other, read[0]) and read_plain(text) == read
