"""Cut long lists where the ids say so, so that one new plugin moves few others.

A list cut by position moves every row behind an insertion to another page. Here a new part begins
before a plugin whose id's hash is a multiple of a number, so the parts before and after the one
with the new plugin usually stay as they are.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Row = TypeVar("Row")


class CutSizes(NamedTuple):
    """The sizes of parts, in rows: the fewest, the most, and one in how many ids starts a part."""

    least: int
    most: int
    one_in: int


PAGE_OF_ROWS = CutSizes(least=12, most=48, one_in=12)
PART_OF_LIST = CutSizes(least=128, most=512, one_in=128)
SHARD_OF_SEARCH = CutSizes(least=1250, most=5000, one_in=1250)


def cut(
    rows: Sequence[Row], sizes: CutSizes, plugin_id: Callable[[Row], str]
) -> Iterator[Sequence[Row]]:
    """Yield the rows in parts, in order; only the last part may have fewer than `sizes.least`."""
    start = 0
    for place, row in enumerate(rows):
        length = place - start
        if length < sizes.least:
            continue
        if length == sizes.most or zlib.crc32(plugin_id(row).encode()) % sizes.one_in == 0:
            yield rows[start:place]
            start = place
    if start < len(rows):
        yield rows[start:]
