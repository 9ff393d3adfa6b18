"""Show on stderr how far long work is (site contract, 8).

Work under a second shows nothing. On a terminal a bar tells what, done of total, and the time
left; elsewhere one line at most every ten seconds; with `quiet` nothing.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

from catalogctl.cli import terminal
from catalogctl.report.cells import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalogctl.cli.output import Output

PATIENCE = 1.0
"""Seconds of work of which nothing is shown."""

PAUSE = 10.0
"""Seconds between two lines where there is no terminal."""

REDRAW = 0.1
"""Seconds between two states of a bar."""

CELLS = 30
"""How long a bar is."""


class Tell(Protocol):
    """Shows how far a step is; `note` is what else a terminal may say of it."""

    def __call__(self, step: str, done: int, of: int, note: str = "", /) -> None:
        """Show it."""


@contextmanager
def progress(output: Output) -> Iterator[Tell]:
    """Give a function that shows how far the work is, until the context ends."""
    if output.quiet:
        yield lambda *_: None
        return
    out = terminal.facts(sys.stderr, output.color)
    shown: _Bar | _Lines = _Bar(out.width) if out.width and out.unicode else _Lines()
    try:
        yield shown.tell
    finally:
        shown.end()


class _Lines:
    """Tells by single lines, seldom."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def tell(self, step: str, done: int, of: int, note: str = "") -> None:
        """Print a line when the last one is long past."""
        if time.monotonic() - self._last >= PAUSE:
            self._last = time.monotonic()
            click.echo(f"{step}: {done:,} of {of:,}{note and ','}{note}", err=True)

    def end(self) -> None:
        """Leave what was printed."""


class _Bar:
    """Tells by a bar that is drawn when the work lasts, and goes away at the end."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._step = ""
        self._begun = time.monotonic()
        self._step_begun = self._begun
        self._drawn_at = 0.0

    def tell(self, step: str, done: int, of: int, note: str = "") -> None:
        """Move the bar of a step."""
        now = time.monotonic()
        if step != self._step:
            self._step, self._step_begun = step, now
        if now - self._begun < PATIENCE or (done < of and now - self._drawn_at < REDRAW):
            return
        self._drawn_at = now
        filled = CELLS * done // max(of, 1)
        bar = "\N{BOX DRAWINGS HEAVY HORIZONTAL}" * filled + " " * (CELLS - filled)
        left = (now - self._step_begun) / done * (of - done) if done else 0.0
        text = f"{step} {bar} {done:,}/{of:,} {_clock(left)}{note and ' '}{note}"
        _draw(cut(text, self._width - 1, unicode=True))

    def end(self) -> None:
        """Take the bar away."""
        if self._drawn_at:
            _draw("")


def _clock(seconds: float) -> str:
    """Return a duration as minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _draw(text: str) -> None:
    """Write a text over the line that was drawn last (ECMA-48: CR, then EL)."""
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()
