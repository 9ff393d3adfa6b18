"""What a report needs beside its contents: what was read, and where it will be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.redaction import Line


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run read: `files` of any kind, `plugins` among them, in `seconds` where timed."""

    files: int
    seconds: float | None
    plugins: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a stream can show: `width` None is no terminal, `unicode` False means ASCII alone."""

    color: bool
    unicode: bool
    width: int | None


@dataclass(frozen=True, slots=True)
class View:
    """Where a report is shown: `unicode` False means ASCII alone, `width` None is no terminal.

    `source_line` returns a line of a file (name, number from 1), with what of it is not shown;
    None where there is none.
    """

    source_line: Callable[[str, int], Line | None]
    color: bool
    unicode: bool
    show_all: bool
    width: int | None
