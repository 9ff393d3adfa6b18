"""Detect what a stream can show: colour, non-ASCII characters, its width."""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from catalogctl.report.cleaning import clean
from catalogctl.report.view import Look

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Facts", "clean", "facts"]

_USUAL_WIDTH = 80
_LEAST_WIDTH = 20


@dataclass(frozen=True, slots=True)
class Facts(Look):
    """What a stream can show, and whether it is a terminal."""

    tty: bool


def facts(
    stream: TextIO | None, color: str = "auto", environ: Mapping[str, str] | None = None
) -> Facts:
    """Return what a stream can show; None is a stream that was closed at start.

    `color` is `always`, `never`, or `auto`: colour on a terminal, unless NO_COLOR is not
    empty or TERM is dumb.
    """
    environ = os.environ if environ is None else environ
    tty = _is_terminal(stream)
    plain = environ.get("NO_COLOR") or environ.get("TERM") == "dumb"
    return Facts(
        tty=tty,
        color=color == "always" or (color == "auto" and tty and not plain),
        unicode=_is_utf8(stream),
        width=_width(stream, environ) if tty else None,
    )


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def _is_utf8(stream: TextIO | None) -> bool:
    """Return whether every character can be written to a stream."""
    try:
        return codecs.lookup(getattr(stream, "encoding", None) or "ascii").name == "utf-8"
    except LookupError:
        return False


def _width(stream: TextIO | None, environ: Mapping[str, str]) -> int:
    """Return the number of a terminal's columns: COLUMNS, the reported width, or 80."""
    given = environ.get("COLUMNS", "")
    columns = int(given) if given.isascii() and given.isdigit() else 0
    if not columns and stream is not None:
        try:
            columns = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
    return max(columns or _USUAL_WIDTH, _LEAST_WIDTH)
