"""Describe problems: one thing wrong at one place in a file that a person wrote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from catalogctl.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """An error stops a build; a warning does not. A suggestion is only made if it is asked for."""

    ERROR = "error"
    WARNING = "warning"
    SUGGESTION = "suggestion"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong at one place. Reports are sorted by the fields, in their order.

    `file` is relative to the working directory; `line` and `column` count from 1 (in characters,
    without a byte order mark); `pointer` is an RFC 6901 pointer ("" is the whole document); `hint`
    says what to do and may be empty. `other` is the file that this one conflicts with, if any.
    """

    file: str
    line: int
    column: int
    code: str
    pointer: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    other: str = ""

    def without_secrets(self) -> Problem:
        """Return the problem with credentials cut, even in file names, so that it may be shown."""
        return replace(
            self,
            file=redacted(self.file),
            pointer=redacted(self.pointer),
            message=redacted(self.message),
            hint=redacted(self.hint),
        )

    def to_json(self) -> dict[str, str | int]:
        """Return the problem as `validate --format json` prints it (product contract, 4)."""
        shown = self.without_secrets()
        return {
            "code": shown.code,
            "severity": shown.severity.value,
            "file": shown.file,
            "line": shown.line,
            "column": shown.column,
            "pointer": shown.pointer,
            "message": shown.message,
            "hint": shown.hint,
        }


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether one of the problems prevents a catalog from being published."""
    return any(each.severity is Severity.ERROR for each in problems)
