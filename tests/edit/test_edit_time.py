"""R-17: what an edit or the layout takes grows with the file, whatever the file looks like."""

from __future__ import annotations

import gc
import json
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from catalogctl.edit import set_value, unset_value
from catalogctl.edit.canonical_layout import formatted
from catalogctl.errors import ApiError
from catalogctl.schemas import fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.jsontypes import JSON

SIZE = 16_000
GROWN = 8
MOST = 4
"""How many times its share a grown file may take: a square takes GROWN times as much, a busy
machine up to twice."""

SHAPES = {
    "keys": ("tags:\n  x: 1\n", "  k%d: v\n", ""),
    "keys with comments": ("tags:\n  x: 1\n", "  # why\n  k%d: v # why\n", ""),
    "one long line": ("tags: {x: [", "a, ", "b]}\n"),
    "many lines in brackets": ("tags: {x: [\n", "  a, # c\n", "b]}\n"),
    "commas that lead": ("tags: {x: [\n a # c\n", "  , a # c\n", "]}\n"),
    "comments on top": ("", "# c\n", "tags: {x: 1}\n"),
    "comments below": ("tags: {x: 1}\n", "  # c\n", ""),
    "comments in brackets": ("tags: {x: [\n", "# c\n", "]}\n"),
    "blank lines": ("tags: {x: 1}\n", "\n", "labels: [a]\n"),
    "a block of text": ("tags:\n  x: |\n", "    a\n", ""),
    "blank lines that are kept": ("tags:\n  x: |+\n    a\n", "\n", ""),
    "a comment behind a question mark": ("tags:\n  ? ", "#", "\n    &a x\n  : 1\n"),
    "comments behind a question mark": ("tags:\n  ? ", "# c\n    ", "\n    &a x\n  : 1\n"),
    "question marks": ("tags:\n  x: 1\n", "  ? k%d\n  : v\n", ""),
    "anchors with comments": ("tags:\n  x: 1\n", "  k%d: &a%d # c\n    v\n", ""),
    "a deep indentation": ("tags:\n  y: [a,\n", " ", "b, b, b, b, b, b]\n  x: 1\n"),
    "a wide line deep in": ("tags:\n" + " " * SIZE + "x: [", "a, ", "b]\n"),
    "words": ("tags:\n  x: a", " a", "\n"),
    "blanks": ("tags:\n  x: 'a", "  a", "'\n"),
    "escapes": ('tags:\n  x: "', "\\n ", '"\n'),
    "dashes": ("tags:\n  x:\n", "  - - - - a\n", ""),
}


def text_of(shape: str, size: int) -> bytes:
    """Return a file of a shape; "%d" becomes a number."""
    head, body, end = SHAPES[shape]
    lines = (body.replace("%d", str(number)) for number in range(size // len(body)))
    return (head + "".join(lines) + end).encode()


def seconds(action: Callable[[bytes], object], data: bytes) -> float:
    """Return the CPU time of a run, without that of collecting what other tests left."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        action(data)
        return time.process_time() - start
    finally:
        gc.enable()


def grows(action: Callable[[bytes], object], small: bytes, large: bytes) -> bool:
    """Return whether a run takes more for the input that is GROWN times as large.

    The two runs of a pair stand side by side, so that a machine that slows down slows both.
    What happens once in four times is the machine's fault.
    """
    pairs = ((seconds(action, small), seconds(action, large)) for _ in range(4))
    return all(large_run > MOST * GROWN * small_run + 0.05 for small_run, large_run in pairs)


ACTIONS: dict[str, Callable[[bytes], object]] = {
    "fmt": partial(formatted, order=fields("PluginFile")),
    "update": lambda data: set_value(data, "/tags/x", "new", order=fields("PluginFile")),
    "unset": lambda data: unset_value(data, "/tags/x"),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("action", ACTIONS)
def test_the_time_grows_with_the_file(action: str, shape: str) -> None:
    """R-17."""
    assert not grows(ACTIONS[action], text_of(shape, SIZE), text_of(shape, GROWN * SIZE))


@pytest.mark.parametrize("old", [["a"] * 20, ["a", "b"] * 10, [*map(str, range(20))]])
def test_long_lists_are_compared_in_time(old: list[str]) -> None:
    """R-17: also where nothing, or everything, is the same."""

    def change(data: bytes) -> None:
        times = len(data) // 10
        before = json.dumps({"tags": {"x": old * times}}).encode()
        set_value(before, "/tags/x", [*old[1:] * times, "z", *old * times])

    assert not grows(change, bytes(1000), bytes(GROWN * 1000))


def test_many_changes_of_a_large_file_end_soon() -> None:
    """R-10: a request that changes every second of 10,000 members."""
    before = {f"k{number}": "v" for number in range(10_000)}
    after: dict[str, JSON] = {
        name: "w" if number % 2 else "v" for number, name in enumerate(before)
    }
    data = b"tags:\n" + b"".join(b"  %s: v # why\n" % name.encode() for name in before)
    start = time.process_time()
    result = set_value(data, "/tags", after)
    assert time.process_time() - start < 5
    assert result.count(b"# why") == len(before)
    with pytest.raises(ApiError):
        set_value(data, "/tags", {**after, "bad": "\u202e"})
