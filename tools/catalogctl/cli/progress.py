"""Steps of long work in, what a person sees of them on stderr out (site contract, 8).

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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

PATIENCE = 1.0
"""Seconds of work of which nothing is shown."""

PAUSE = 10.0
"""Seconds between two lines where there is no terminal."""


class Tell(Protocol):
    """Shows how far a step is; `note` is what else a terminal may say of it."""

    def __call__(self, step: str, done: int, of: int, note: str = "", /) -> None:
        """Show it."""


@contextmanager
def progress(*, quiet: bool, color: str = "auto") -> Iterator[Tell]:
    """Give a function that shows how far the work is, until the context ends."""
    if quiet:
        yield lambda *_: None
        return
    out = terminal.facts(sys.stderr, color)
    shown: _Bar | _Lines = _Bar(color=out.color) if out.tty and out.unicode else _Lines()
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
    """Tells by a bar that goes away at the end; it is drawn when the work lasts."""

    def __init__(self, *, color: bool) -> None:
        self._color = color
        self._begun = time.monotonic()
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def tell(self, step: str, done: int, of: int, note: str = "") -> None:
        """Move the bar of a step."""
        if self._bar is None:
            if time.monotonic() - self._begun < PATIENCE:
                return
            self._bar = _begin(color=self._color)
        if step not in self._tasks:
            self._tasks[step] = self._bar.add_task(step, total=of, note=note)
        self._bar.update(self._tasks[step], completed=done, total=of, note=note)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


def _begin(*, color: bool) -> Progress:
    """Return a bar that is being drawn; rich is imported only now."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=Console(stderr=True, no_color=not color),
        transient=True,
    )
    bar.start()
    return bar
