"""Define what a report needs besides its contents: what was read, and where it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalogctl.redaction import Line


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run read: `files` of any kind, `plugins` among them, in `seconds` if timed."""

    files: int
    seconds: float | None
    plugins: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a stream supports: `width` None means no terminal, `unicode` False only ASCII."""

    color: bool
    unicode: bool
    width: int | None


@dataclass(frozen=True, slots=True)
class View:
    """Where a report is shown: `unicode` False means only ASCII, `width` None no terminal.

    `source_line` returns a line of a file (name, number from 1) with its hidden parts, or None if
    there is no such line.
    """

    source_line: Callable[[str, int], Line | None]
    color: bool
    unicode: bool
    show_all: bool
    width: int | None
