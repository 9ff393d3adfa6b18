"""Show the progress of long work on stderr (site contract, 8).

Work under a second shows nothing. On a terminal, a bar shows the step, the count, and the time
left; elsewhere, a line appears at most every ten seconds; with `quiet`, nothing.
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
"""Seconds of work before anything is shown."""

PAUSE = 10.0
"""Seconds between two lines without a terminal."""

REDRAW = 0.1
"""Seconds between two redraws of a bar."""

CELLS = 30
"""The width of a bar in terminal cells."""


class ShowProgress(Protocol):
    """A function that shows the progress of a step; `note` is additional text."""

    def __call__(self, step: str, done: int, of: int, note: str = "", /) -> None:
        """Show the progress of a step."""


@contextmanager
def progress(output: Output) -> Iterator[ShowProgress]:
    """Yield a function that shows progress until the context ends."""
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
    """Progress as occasional lines."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def tell(self, step: str, done: int, of: int, note: str = "") -> None:
        """Print a line if the last one is at least PAUSE seconds old."""
        if time.monotonic() - self._last >= PAUSE:
            self._last = time.monotonic()
            click.echo(f"{step}: {done:,} of {of:,}{note and ','}{note}", err=True)

    def end(self) -> None:
        """Do nothing: printed lines remain."""


class _Bar:
    """Progress as a bar, drawn only for long work and erased at the end."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._step = ""
        self._begun = time.monotonic()
        self._step_begun = self._begun
        self._drawn_at = 0.0

    def tell(self, step: str, done: int, of: int, note: str = "") -> None:
        """Update the bar."""
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
        """Erase the bar."""
        if self._drawn_at:
            _draw("")


def _clock(seconds: float) -> str:
    """Return a duration as minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


def _draw(text: str) -> None:
    """Replace the line drawn last with a text (ECMA-48: CR, then EL)."""
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()
