"""The table of case that the JavaScript engine carries: made from Python's, for every browser.

`make golden` writes site/js/query/folding.js anew; Python 3.11 knows Unicode 14.
"""

from __future__ import annotations

from catalogctl.query.query_values import fold

WIDTH = 100
_HEAD = """\
// Simple case folding of Unicode 14: the characters that it changes. Made from Python's tables by
// tests/support/folding.py, so that both engines ignore case alike, whatever a browser knows.

/** Runs of characters: the first, how many, the step between them, and what to add to each. */
export const RUNS = [
"""


def table() -> str:
    """Return the text of folding.js."""
    lines = [" "]
    for run in _runs():
        cell = f" {list(run)},"
        if len(lines[-1] + cell) > WIDTH:
            lines.append(" ")
        lines[-1] += cell
    return _HEAD + "\n".join([*lines, "];", ""])


def _runs() -> list[tuple[int, int, int, int]]:
    """Return runs (first, how many, step, shift) of characters that are shifted alike."""
    runs: list[tuple[int, int, int, int]] = []
    for code in range(0x110000):
        shift = ord(fold(chr(code))) - code
        if not shift:
            continue
        first, count, step, last_shift = runs[-1] if runs else (0, 0, 0, 0)
        gap = code - first - step * (count - 1)
        if shift == last_shift and (gap == step or (count == 1 and gap <= 2)):
            runs[-1] = (first, count + 1, gap, shift)
        else:
            runs.append((code, 1, 1, shift))
    return runs
